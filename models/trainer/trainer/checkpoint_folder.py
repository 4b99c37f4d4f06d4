"""Where a checkpoint lies: a folder, or a hub id that is fetched into the hub's cache."""

import json
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

from trainer.errors import TrainerError, first_line

CONFIGURATION = ["config.json", "preprocessor_config.json"]
# The usual format first; older repositories have only the second.
WEIGHTS = (["*.safetensors", "*.safetensors.index.json"], ["pytorch_model*"])
STREAMING = "earshot-streaming-intent"  # the `model_type` of our streaming model


def is_streaming(name: str) -> bool:
    """Whether a name is a folder with a streaming model of ours."""
    file = Path(name) / "config.json"
    return file.is_file() and bool(json.loads(file.read_bytes()).get("model_type") == STREAMING)


def checkpoint_folder(name: str) -> Path:
    """The folder, or that of the hub's repository; what is neither, or out of reach, is an error."""
    folder = Path(name)
    if folder.is_dir():
        return folder
    try:
        for weights in WEIGHTS:
            fetched = Path(snapshot_download(name, allow_patterns=[*CONFIGURATION, *weights]))
            if any(fetched.glob(weights[0])):
                return fetched
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        reason = first_line(error)
        raise TrainerError(f"{name} is no folder, and cannot be fetched from the hub: {reason}") from error
    raise TrainerError(f"the hub's repository {name} holds neither model.safetensors nor pytorch_model.bin")
