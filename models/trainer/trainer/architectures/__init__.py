"""The twelve audio classifiers of Hugging Face's guide: features inside the graph, cut to one second, exported."""
