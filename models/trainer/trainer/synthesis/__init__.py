"""Sentences to labelled speech: what is said, by whom, how, and down which line."""
