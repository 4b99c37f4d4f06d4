"""Writes a package from a checkpoint: collects its calibration, metrics, provenance and variants."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from trainer.calibration import Calibration
from trainer.checkpoint import Checkpoint, open_checkpoint
from trainer.checkpoint_folder import checkpoint_folder
from trainer.errors import TrainerError
from trainer.evaluate import evaluate, headline
from trainer.evaluation import Evaluation
from trainer.export import Lossy, export_package
from trainer.files import read_json, require_outside, require_replaceable
from trainer.framing import Framing, Samples
from trainer.golden import require_espeak
from trainer.labels import Labels, label_names, require_same_labels
from trainer.listening import Smoothing, graph_listener
from trainer.model_package import CONTRACT
from trainer.onnx_graph import OnnxGraph
from trainer.package import Card
from trainer.prepared import EVALUATION, Prepared, load_prepared, pcm_of
from trainer.recipe import Package
from trainer.recipe_file import load_recipe
from trainer.report_sections import calibration_origin
from trainer.rolling_model import HOP_MS
from trainer.run_folder import surroundings, told_of, trained_on
from trainer.variants import Precision

NAME = re.compile(r"[a-z0-9-]{1,64}")
CALIBRATION_CLIPS = 64


@dataclass(frozen=True)
class ExportRequest:
    """The arguments of the command."""

    checkpoint: str
    out: Path
    data: Path | None = None
    evaluation: Path | None = None
    recipe: str | None = None
    settings: tuple[str, ...] = ()
    background: tuple[str, ...] | None = None
    variants: tuple[Precision, ...] = ()
    cut_padding: bool = False


def export_run(request: ExportRequest) -> None:
    """Writes the package; prints what is unknown about the checkpoint, which then gets its default."""
    if not NAME.fullmatch(request.out.resolve().name):
        raise TrainerError(f"the model's name is its folder's, {request.out.name!r}: it must be 1–64 of a-z, 0-9 and -")
    folder = checkpoint_folder(request.checkpoint)
    require_outside(request.out, [each for each in (folder, request.data, request.evaluation) if each is not None])
    require_replaceable(request.out, CONTRACT)
    package = _package(request, folder)
    if package.golden:
        require_espeak()
    checkpoint = open_checkpoint(folder, request.cut_padding)
    prepared = _dataset(request, folder)
    labels = _labels(request, checkpoint, prepared)
    calibration, metrics = _evaluation(request, folder, prepared)
    card = Card(
        name=request.out.resolve().name,
        version=package.version,
        description=package.description,
        labels=labels,
        calibration=calibration,
        smoothing=checkpoint.smoothing,
        hop_ms=HOP_MS,
        metrics={"about": package.measured_on, **metrics} if metrics else {},
        provenance=_provenance(package, folder, checkpoint),
    )
    lossy = _lossy(request, folder, checkpoint, prepared, calibration)
    export_package(checkpoint.exported, card, package.golden, request.out, lossy)


def _dataset(request: ExportRequest, folder: Path) -> Prepared | None:
    if request.data is not None:
        return load_prepared(request.data)
    told = told_of(folder).get("data")
    return load_prepared(Path(told)) if told and Path(told).is_dir() else None


def _labels(request: ExportRequest, checkpoint: Checkpoint, prepared: Prepared | None) -> Labels:
    names = label_names(checkpoint.exported.config["id2label"])
    if prepared is not None:
        require_same_labels(names, prepared.labels.names, Path(request.checkpoint))
    background = request.background
    if background is None:
        background = prepared.labels.background if prepared else ()
    for label in background:
        if label not in names:
            raise TrainerError(f"--background {label!r} is no label of the checkpoint, which has {', '.join(names)}")
    return Labels(names, background)


def _evaluation(request: ExportRequest, folder: Path, prepared: Prepared | None) -> tuple[Calibration, dict[str, Any]]:
    written = request.evaluation or folder / EVALUATION
    if request.evaluation is None and not _is_made(request, folder, prepared):
        if prepared is None:
            print("no evaluation and no dataset: temperature 1 and the default threshold stay uncalibrated")
            return Calibration(), {}
        print("no evaluation on this dataset yet: it is made first")
        written = (
            folder / EVALUATION if request.data is None else request.out.with_name(f"{request.out.name}-{EVALUATION}")
        )
        evaluate(Evaluation(folder, data=prepared.folder, out=written, cut_padding=request.cut_padding))
    calibration = Calibration.load(written / "calibration.json")
    metrics = read_json(written / "metrics.json", "evaluation")
    if "noise" in metrics or "law" in metrics:
        raise TrainerError(f"{written} was heard through noise or a line: its calibration is no server's; name another")
    told = metrics.get("calibration", {})
    if told.get("source") == "default" or not told.get("is_temperature_fitted", True):
        print(calibration_origin(metrics))
    return calibration, metrics


def _is_made(request: ExportRequest, folder: Path, prepared: Prepared | None) -> bool:
    """Whether the run has an evaluation of the model as it is exported, on the dataset it is to be measured on."""
    metrics = folder / EVALUATION / "metrics.json"
    if not metrics.exists():
        return False
    told = read_json(metrics, "evaluation")
    if told.get("cut_padding", False) != request.cut_padding:
        return False
    if "dataset" in told:
        return prepared is None or told["dataset"] == prepared.digest
    # An evaluation without this key was made on the run's own dataset.
    return request.data is None or request.data.resolve() == Path(told_of(folder).get("data", "")).resolve()


def _package(request: ExportRequest, folder: Path) -> Package:
    of_run = folder / "recipe.toml"
    return load_recipe(request.recipe or (str(of_run) if of_run.exists() else "guide"), request.settings).package


def _provenance(package: Package, folder: Path, checkpoint: Checkpoint) -> dict[str, Any]:
    run = told_of(folder)
    told = {key: value for key, value in asdict(package).items() if key in ("data", "licence", "encoder", "limits")}
    made = run or surroundings()
    return {
        **told,
        "command": package.command or made["command"],
        "notes": [*checkpoint.notes, *run.get("notes", [])],
        **{key: made[key] for key in ("seed", "commit", "versions", "machine", "date") if key in made},
    }


def _lossy(
    request: ExportRequest, folder: Path, checkpoint: Checkpoint, prepared: Prepared | None, calibration: Calibration
) -> Lossy:
    if prepared is None:
        return Lossy(request.variants)
    signature = checkpoint.exported.signature

    def accuracy(graph: OnnxGraph) -> float:
        listener = graph_listener(graph, signature, Framing(HOP_MS), checkpoint.smoothing or Smoothing())
        return headline(listener, prepared, "test", calibration)["accuracy"]

    return Lossy(request.variants, _clips(prepared), accuracy if _tells_accuracy(prepared, folder) else None)


def _tells_accuracy(prepared: Prepared, folder: Path) -> bool:
    """Whether the dataset has test clips with an intent, none of which the checkpoint was trained on."""
    if "test" not in prepared.rows or "test" in trained_on(folder):
        return False
    if set(prepared.rows["test"]["label"]) <= set(prepared.labels.background_ids):
        print(f"no clip of the split test of {prepared.folder} has an intent: of variants no accuracy is measured")
        return False
    return True


def _clips(prepared: Prepared) -> Sequence[Samples]:
    """Some of the training clips, spread over the dataset, to fit the scales of int8."""
    rows = prepared.split("train")
    step = max(1, len(rows) // CALIBRATION_CLIPS)
    return [pcm_of(rows[index]) for index in islice(range(0, len(rows), step), CALIBRATION_CLIPS)]
