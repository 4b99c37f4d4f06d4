"""What `evaluate` can measure: a run's checkpoint, or a package's graph, run as a server runs it."""

from dataclasses import dataclass
from pathlib import Path

from trainer.calibration import Calibrated
from trainer.checkpoint import open_checkpoint
from trainer.errors import TrainerError
from trainer.framing import Framing
from trainer.labels import label_names, require_same_labels
from trainer.listening import Listener, Smoothing, graph_listener
from trainer.model_package import CONTRACT, ModelPackage, open_package
from trainer.onnx_graph import OnnxGraph, Signature
from trainer.prepared import Prepared


@dataclass(frozen=True)
class Candidate:
    """A model to evaluate: its listener and its labels.

    Only a package has `package`, which brings a calibration, and `title`, which names the precision.
    """

    folder: Path
    listener: Listener
    labels: tuple[str, ...]
    package: ModelPackage | None = None
    title: str | None = None

    @property
    def calibrated(self) -> Calibrated | None:
        """The calibration of a package; None for a run, whose calibration is still to be fitted."""
        return Calibrated(self.package.calibration, "package") if self.package else None

    def understood(self, prepared: Prepared) -> Prepared:
        """The dataset with this model's labels: a package may have more labels than the dataset, a run may not."""
        if self.package:
            return prepared.under(self.package.labels, self.package.title)
        require_same_labels(self.labels, prepared.labels.names, self.folder)
        return prepared


def is_package(folder: Path) -> bool:
    """Whether a folder was written by `export`, not by `train`."""
    return (folder / CONTRACT).is_file()


def open_candidate(folder: Path, precision: str | None, cut_padding: bool) -> Candidate:
    """Opens a run, or a package in one of its precisions (by default fp32).

    A precision that the package lacks, or any precision for a run, is a TrainerError.
    """
    if is_package(folder):
        return _of_package(open_package(folder), precision or "fp32")
    if precision is not None:
        raise TrainerError(f"--precision {precision} is of a package that `export` wrote: {folder} is none")
    checkpoint = open_checkpoint(folder, cut_padding)
    return Candidate(folder, checkpoint.listener, label_names(checkpoint.exported.config["id2label"]))


def _of_package(package: ModelPackage, precision: str) -> Candidate:
    if precision not in package.graphs:
        there = ", ".join(package.graphs)
        raise TrainerError(f"--precision {precision}: {package.title} has {there} only")
    graph = OnnxGraph(package.folder / package.graphs[precision])
    signature, framing = Signature(package.state_floats), Framing(package.hop_ms)
    listener = graph_listener(graph, signature, framing, package.smoothing or Smoothing())
    return Candidate(package.folder, listener, package.labels.names, package, f"{package.title} in {precision}")
