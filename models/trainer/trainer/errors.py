"""The exception that the command line shows as one sentence, without a traceback."""


class TrainerError(Exception):
    """An error that the user can fix; the message names the offending value and what would be valid."""


def first_line(error: BaseException) -> str:
    """The first line of an exception's message, without the paragraphs that libraries add."""
    return str(error).strip().partition("\n")[0]
