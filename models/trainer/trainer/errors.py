"""The one exception that the command line shows as a sentence."""


class TrainerError(Exception):
    """Something the user can put right; the message names the offending value and what would be right."""
