"""Keeps of a run of the streaming model what other trainings can begin with, in half precision.

Run: `uv run scripts/keep_start.py work/no-caller/sentences-hibari weights/bank-calls`.
"""

import argparse
import json
from pathlib import Path

from safetensors.torch import load_file, save_file

from trainer.starting_point import LEFT_OUT


def main() -> None:
    """Writes config.json and model.safetensors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="run folder of `trainer train`")
    parser.add_argument("folder", type=Path, help="folder to write")
    arguments = parser.parse_args()
    tensors = load_file(arguments.run / "model.safetensors")
    kept = {name: tensor.half() for name, tensor in tensors.items() if not name.startswith(LEFT_OUT)}
    config = json.loads((arguments.run / "config.json").read_bytes()) | {"taught": 0, "words": 0, "dtype": "float16"}
    arguments.folder.mkdir(parents=True, exist_ok=True)
    save_file(kept, arguments.folder / "model.safetensors")
    (arguments.folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
