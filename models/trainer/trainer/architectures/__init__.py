"""Exports the twelve audio classifiers of Hugging Face's guide, cut to one second, with their features in the graph."""
