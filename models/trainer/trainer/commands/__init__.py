"""The subcommands of `trainer`, a module each."""
