"""The pictures of a report: each module makes one, as a matplotlib Figure that needs no display."""
