"""One module per command: `configure` adds its arguments, `run` does the work."""
