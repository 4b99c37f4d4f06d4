"""Reads a model package from its folder."""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from trainer.calibration import Calibration
from trainer.errors import TrainerError
from trainer.labels import Labels, label_names
from trainer.listening import Smoothing

CONTRACT = "earshot.json"
STANDARD_FILES = ("README.md", "config.json", CONTRACT, "preprocessor_config.json")
LICENCE_FILES = ("LICENSE", "NOTICE")


@dataclass(frozen=True)
class ModelPackage:
    """The contents of earshot.json and config.json.

    The logits of a single frame are divided by `temperature`, which includes the smoothing weight of a stateless graph.
    """

    folder: Path
    name: str
    version: str
    labels: Labels
    hop_ms: int
    state_floats: int  # 0: stateless
    temperature: float
    calibration: Calibration
    smoothing: Smoothing | None  # only for a stateless graph
    graphs: dict[str, str]  # precision to file, fp32 among them
    checksums: dict[str, str]  # file of a variant, or of its external weights, to its SHA-256
    golden: tuple[str, ...]  # golden/NAME, of golden/NAME.wav and golden/NAME.json

    @property
    def graph(self) -> str:
        """The file of the fp32 variant."""
        return self.graphs["fp32"]

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    @property
    def files(self) -> list[str]:
        """Every file that belongs to the package, as paths inside it; licences only if they are there."""
        golden = [f"{name}.{kind}" for name in self.golden for kind in ("wav", "json")]
        licences = [file for file in LICENCE_FILES if (self.folder / file).is_file()]
        return sorted({*STANDARD_FILES, *self.checksums, *golden, *licences})


def open_package(folder: Path) -> ModelPackage:
    """Reads a package's two JSON files; a missing or mistyped key is a TrainerError."""
    contract = _json(folder / CONTRACT)
    config = _json(folder / "config.json")
    try:
        return _package(folder, contract, config)
    except KeyError as error:
        raise TrainerError(f"{folder} is no whole model package: the key {error} is missing") from error
    except (TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as error:
        raise TrainerError(f"{folder} is no model package as `trainer export` writes it: {error}") from error


def _json(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainerError(
            f"{file} cannot be read: {file.parent} must be a folder written by `trainer export` ({error})"
        ) from error
    if not isinstance(value, dict):
        raise TrainerError(f"{file} must hold a JSON object")
    return value


def _package(folder: Path, contract: dict[str, Any], config: dict[str, Any]) -> ModelPackage:
    names = label_names(config["id2label"])
    variants = contract["variants"]
    parts = [part for variant in variants for part in (variant, variant.get("data")) if part]
    graphs = {variant["precision"]: _inside(variant["file"]) for variant in variants}
    if "fp32" not in graphs:
        raise ValueError("no variant has the precision fp32")
    smoothing = Smoothing(**contract["smoothing"]) if contract["smoothing"] else None
    return ModelPackage(
        folder=folder,
        name=contract["name"],
        version=contract["version"],
        labels=Labels(names, tuple(contract["background"])),
        hop_ms=int(contract["hop_ms"]["default"]),
        state_floats=int(contract["state"]["shape"][0]) if contract["state"] else 0,
        temperature=contract["temperature"] / (smoothing.weight if smoothing else 1.0),
        calibration=Calibration(contract["temperature"], contract["out_of_scope"]["threshold"]),
        smoothing=smoothing,
        graphs=graphs,
        checksums={_inside(part["file"]): part["sha256"] for part in parts},
        golden=tuple(_golden_name(each) for each in contract["golden"]),
    )


def _golden_name(golden: dict[str, str]) -> str:
    name = golden["audio"].removesuffix(".wav")
    if (golden["audio"], golden["expected"]) != (f"{name}.wav", f"{name}.json"):
        raise ValueError(f"golden {golden['audio']} and {golden['expected']} must be NAME.wav and NAME.json")
    return _inside(name)


def _inside(file: str) -> str:
    path = PurePosixPath(file)
    if path.is_absolute() or any(part.startswith(".") for part in path.parts):
        raise ValueError(f"{file!r} must be a path inside the package, without hidden parts")
    return file
