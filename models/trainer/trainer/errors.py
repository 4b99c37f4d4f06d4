"""The one exception that the command line shows as a sentence, and how others are put into it."""


class TrainerError(Exception):
    """Something the user can put right; the message names the offending value and what would be right."""


def first_line(error: BaseException) -> str:
    """What an exception says, without the paragraphs that libraries add."""
    return str(error).strip().partition("\n")[0]
