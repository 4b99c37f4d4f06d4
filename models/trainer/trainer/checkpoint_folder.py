"""Finds the folder of a checkpoint: a local one, or the hub's cache after a download."""

import json
from contextlib import suppress
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

from trainer.errors import TrainerError, first_line
from trainer.weights import WEIGHTS

CONFIGURATION = ["config.json", "preprocessor_config.json"]
# The usual format first; older repositories have only the second.
FORMATS = (["*.safetensors", "*.safetensors.index.json"], ["pytorch_model*"])
# The `model_type` of our streaming models: on the speech embedding, and on an encoder of Hugging Face.
STREAMING = "earshot-streaming-intent"
WINDOWED = "earshot-windowed-intent"


def streaming_folder(name: str) -> Path | None:
    """The folder of a streaming model of ours, or None: a run, or a name among the trainer's own weights."""
    for folder in (Path(name).absolute(), WEIGHTS / name):
        with suppress(OSError, ValueError):
            if json.loads((folder / "config.json").read_bytes()).get("model_type") in (STREAMING, WINDOWED):
                return folder
    return None


def checkpoint_folder(name: str) -> Path:
    """The folder `name`, or that of the hub's repository `name`; a TrainerError if there is neither."""
    folder = Path(name)
    if folder.is_dir():
        return folder
    try:
        for weights in FORMATS:
            fetched = Path(snapshot_download(name, allow_patterns=[*CONFIGURATION, *weights]))
            if any(fetched.glob(weights[0])):
                return fetched
    except RepositoryNotFoundError as error:
        raise TrainerError(
            f"{name} is no folder, and the hub has no such repository, or none that you may read"
        ) from error
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = first_line(error).rstrip(".")
        raise TrainerError(f"{name} is no folder, and cannot be fetched from the hub: {reason}") from error
    raise TrainerError(f"the hub's repository {name} holds neither model.safetensors nor pytorch_model.bin")
