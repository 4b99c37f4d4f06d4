"""The pictures of a report: each module draws one, as a matplotlib Figure that nobody has to show."""
