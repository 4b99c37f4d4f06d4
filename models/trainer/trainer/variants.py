"""The fp16 and int8 variants of a package's graph: written, verified and measured; those that fail are left out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from onnxruntime.quantization.shape_inference import quant_pre_process

from trainer.eight_bits import Scheme, write_int8
from trainer.errors import first_line
from trainer.framing import Samples
from trainer.graph_file import data_file, digest, is_too_large, remove_graph
from trainer.half_precision import write_fp16
from trainer.markdown import table
from trainer.onnx_graph import Floats, OnnxGraph, UnfaithfulGraph
from trainer.variant_loss import Bench, Loss, measured, problem_of, verify_company

Precision = Literal["fp32", "fp16", "int8"]

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "int8")
# The server takes the first variant for its provider: fp32, which is first, unless another precision is asked for.
PROVIDERS: dict[Precision, tuple[str, ...]] = {
    "fp32": ("cpu", "webgpu", "cuda"),
    "fp16": ("cuda", "webgpu"),
    "int8": ("cpu",),
}


@dataclass(frozen=True)
class Variant:
    """One graph of a package, as earshot.json lists it."""

    file: Path
    precision: Precision
    tolerance: float | None = None  # for golden logits; None: the tolerance in each vector

    def entry(self) -> dict[str, Any]:
        """The entry in earshot.json, with checksums of the files on disk."""
        entry: dict[str, Any] = {
            "file": self.file.name,
            "sha256": digest(self.file),
            "precision": self.precision,
            "providers": list(PROVIDERS[self.precision]),
        }
        data = data_file(self.file)
        if data.exists():
            entry["data"] = {"file": data.name, "sha256": digest(data)}
        if self.tolerance is not None:
            entry["tolerance"] = self.tolerance
        return entry


@dataclass(frozen=True)
class Written:
    """The variants of a package, fp32 first, and a row of figures for each one tried (`metrics.variants`)."""

    variants: list[Variant]
    rows: list[dict[str, Any]]


def write_variants(
    fp32_file: Path, precisions: Sequence[Precision], calibration: Sequence[Samples], bench: Bench
) -> Written:
    """Writes `model.fp16.onnx` and `model.int8.onnx` beside a verified fp32 graph.

    `calibration` are utterances to fit int8 on. A variant is left out if its outputs are not finite, if a row depends
    on its neighbours in the batch, or if it loses too much; its row then says why.
    """
    fp32 = OnnxGraph(fp32_file)
    standard = measured(fp32, fp32, bench)
    variants, rows = [Variant(fp32_file, "fp32")], [_row("fp32", standard)]
    with TemporaryDirectory(dir=fp32_file.parent, prefix=".variants-") as folder:
        trial = _Trial(fp32, standard, bench, calibration, Path(folder) / "prepared.onnx")
        for precision in PRECISIONS[1:]:
            if precision not in precisions:
                continue
            file = fp32_file.with_name(f"model.{precision}.onnx")
            try:
                loss = trial.write(precision, file)
            # ONNX Runtime raises exceptions of its own for graphs that it cannot convert; the variant is optional.
            except Exception as error:
                remove_graph(file)
                rows.append({"precision": precision, "left_out": first_line(error)})
            else:
                variants.append(Variant(file, precision, loss.tolerance))
                rows.append(_row(precision, loss))
    return Written(variants, rows)


def variant_lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The rows of `metrics.variants` as a Markdown table, and a sentence for each variant that was left out."""
    lines = table(_FIGURES, [_shown(row) for row in rows if "left_out" not in row])
    left_out = [f"No {row['precision']} variant: {row['left_out']}." for row in rows if "left_out" in row]
    return [*lines, "", *left_out] if left_out else lines


_FIGURES = (
    "precision",
    "MiB",
    "ms a frame",
    "in a batch of 8",
    "accuracy",
    "furthest logit",
    "same leader",
    "belief moved",
)


def _shown(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["precision"],
        f"{row['megabytes']:.1f}",
        f"{row['ms_alone']:.2f}",
        f"{row['ms_in_eight']:.2f}",
        "" if row["accuracy"] is None else f"{row['accuracy']:.3f}",
        f"{row['furthest_logit']:.2g}",
        f"{row['same_leader']:.1%}",
        f"{row['belief_moved']:.2%}",
    )


@dataclass(frozen=True)
class _Trial:
    """Writes variants of one graph, and rejects those that are not worth shipping."""

    fp32: OnnxGraph
    standard: Loss
    bench: Bench
    calibration: Sequence[Samples]
    prepared: Path  # where `_prepare` writes the fp32 graph, on first use

    def write(self, precision: Precision, file: Path) -> Loss:
        """Writes a variant and returns its figures; raises UnfaithfulGraph if it is rejected."""
        if not self.prepared.exists():
            _prepare(self.fp32.file, self.prepared)
        if precision == "fp16":
            write_fp16(self.prepared, file)
            return self._judge(file)
        rows = _calibration_rows(self.fp32, self.calibration, self.bench)
        write_int8(self.prepared, file, rows, Scheme.FIXED)
        try:
            return self._judge(file)
        except UnfaithfulGraph:
            # Fixed scales are the fastest, but may be too coarse for activations with rare large values.
            remove_graph(file)
            write_int8(self.prepared, file, rows, Scheme.ROWWISE)
            return self._judge(file)

    def _judge(self, file: Path) -> Loss:
        graph = OnnxGraph(file)
        verify_company(graph, self.bench.signature)
        loss = measured(self.fp32, graph, self.bench)
        if problem := problem_of(loss, self.standard):
            raise UnfaithfulGraph(problem)
        return loss


def _prepare(fp32_file: Path, prepared: Path) -> None:
    """Folds constants (weight normalisation among them) and infers types, as both conversions need it."""
    quant_pre_process(
        fp32_file,
        prepared,
        skip_symbolic_shape=True,
        save_as_external_data=is_too_large(fp32_file),
        all_tensors_to_one_file=True,
        external_data_location=data_file(prepared).name,
    )


def _calibration_rows(fp32: OnnxGraph, utterances: Sequence[Samples], bench: Bench) -> list[list[Floats]]:
    """The graph's inputs at every frame of the utterances, batch 1, with the state as the fp32 graph carries it."""
    rows = []
    for pcm in utterances:
        state = np.zeros((1, bench.signature.state_floats), dtype=np.float32)
        for frame in bench.framing.frames(pcm):
            inputs = [frame[None], state] if bench.signature.state_floats else [frame[None]]
            rows.append(inputs)
            if bench.signature.state_floats:
                state = fp32.run(inputs)[1]
    return rows


def _row(precision: Precision, loss: Loss) -> dict[str, Any]:
    return {"precision": precision, **asdict(loss)}
