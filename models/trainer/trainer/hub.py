"""Commits files to a repository of the Hugging Face hub, and turns failures into one sentence."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import CommitOperationAdd, HfApi, constants, get_token
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]  # exported lazily

from trainer.errors import TrainerError

REFUSALS = {
    401: "does not accept the token: log in again with `hf auth login`",
    402: "wants a payment for it",
    403: "does not let this token write there: use a token with write permission for its owner",
    404: "knows no such repository, owner or branch for this token",
    409: "says that the repository changed at the same moment: push again",
    412: "says that the repository changed at the same moment: push again",
    413: "finds it too large",
    429: "has had too many requests: push again later",
}
UNCONFIRMED = "no commit was confirmed, and without one what has arrived there belongs to nothing"
STAYS = "the repository, where it is new, stays there without files: push again, or delete it"


@dataclass(frozen=True)
class Destination:
    """Where a package goes: `NAME` or `OWNER/NAME`, a branch (created if missing), and the commit message."""

    repo_id: str
    branch: str
    message: str
    is_private: bool

    def __post_init__(self) -> None:
        try:
            validate_repo_id(self.repo_id)
        except HFValidationError as error:
            raise TrainerError(f"{self.repo_id!r} is no OWNER/NAME of a hub repository: {error}") from error
        if not self.branch or not self.message:
            raise TrainerError("the branch and the commit message must not be empty")


def require_login() -> str:
    """The user's token; a TrainerError without one, or in offline mode. Makes no network request."""
    if constants.is_offline_mode():
        raise TrainerError("HF_HUB_OFFLINE=1 forbids every contact with the hub: unset it to push, or use --dry-run")
    token = get_token()
    if token is None:
        raise TrainerError(
            "there is no token for the hub: run `hf auth login`, or set HF_TOKEN to a token with write permission "
            "(https://huggingface.co/settings/tokens)"
        )
    return token


def upload(folder: Path, files: list[str], destination: Destination, token: str) -> str:
    """Commits these files of the folder in one commit, and returns its URL; creates the repository if missing.

    Large files are uploaded first; they belong to nothing until the one commit that names all files.
    """
    api = HfApi(token=token)
    with _refusals_in_a_sentence(destination.repo_id, api.endpoint, UNCONFIRMED):
        repo_id = api.create_repo(destination.repo_id, private=destination.is_private or None, exist_ok=True).repo_id
    with _refusals_in_a_sentence(repo_id, api.endpoint, f"{UNCONFIRMED}; {STAYS}"):
        if destination.branch != constants.DEFAULT_REVISION:
            api.create_branch(repo_id, branch=destination.branch, exist_ok=True)
        additions = [CommitOperationAdd(path_in_repo=file, path_or_fileobj=folder / file) for file in files]
        return api.create_commit(
            repo_id, additions, commit_message=destination.message, revision=destination.branch
        ).commit_url


@contextmanager
def _refusals_in_a_sentence(repo_id: str, endpoint: str, left: str) -> Iterator[None]:
    """Tells what the hub refused, and what is `left` of it there."""
    try:
        yield
    # The client's exceptions have no common base: its own, its HTTP library's, RuntimeError, hf_xet's.
    except Exception as error:
        raise TrainerError(f"{repo_id}: {endpoint} {_sentence(error)}; {left}") from error
    except KeyboardInterrupt:
        print(f"{repo_id}: {left}", file=sys.stderr)
        raise


def _sentence(error: Exception) -> str:
    answer = _answer_behind(error)
    said = str(error) or type(error).__name__
    if answer is None:
        said = f"cannot be reached or does not answer as a hub does ({said})"
    else:
        status = answer.response.status_code
        details = said if isinstance(error, ValueError) else answer.server_message or status
        said = f"{REFUSALS.get(status, f'answered {status}')} ({details})"
    return " ".join(said.split())


def _answer_behind(error: BaseException | None) -> HfHubHTTPError | None:
    while error is not None and not isinstance(error, HfHubHTTPError):
        error = error.__cause__
    return error
