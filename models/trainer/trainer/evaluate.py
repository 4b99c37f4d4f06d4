"""Evaluates a run or a package on one split: metrics, pictures and a report in one folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.answers import ANSWERS, Answer, answers_of, write_answers
from trainer.audio import UnreadableAudio, read_audio
from trainer.calibration import Calibrated, Calibration, fit_calibration
from trainer.candidate import is_package, open_candidate
from trainer.errors import TrainerError
from trainer.figures import Figures, figures, without
from trainer.files import require_folder, write_json
from trainer.heard import ENDPOINTING_SECONDS, Heard, hear_ends, hear_split
from trainer.listening import Listener, line_listener, noisy_listener
from trainer.metrics import expected_calibration_error, intent_figures, posteriors
from trainer.pictures.draw import PICTURES, draw_pictures
from trainer.prepared import Prepared, load_prepared
from trainer.ranges import require_range
from trainer.report import report
from trainer.run_folder import STATE, told_of, trained_on
from trainer.tables import read_csv

VALIDATION = "validation"
MOST_DB = 100.0


@dataclass(frozen=True)
class Evaluation:
    """What to evaluate; for a run, the defaults of `data`, `calibration` and `out` follow from the run.

    `run` may also be a package: then its own calibration is used, and `data` must be given.
    """

    run: Path
    split: str = "test"
    data: Path | None = None
    calibration: Path | None = None
    out: Path | None = None
    noise: Path | None = None
    snr_db: float = 12.0
    law: str | None = None
    mislabelled: Path | None = None
    cut_padding: bool = False
    precision: str | None = None

    def __post_init__(self) -> None:
        require_range("--snr-db", self.snr_db, -MOST_DB, MOST_DB)

    @property
    def folder(self) -> Path:
        """The output folder.

        Other splits, codecs and noise have folders of their own, because `export` must use an evaluation of what a
        server gets.
        """
        if self.out is not None:
            return self.out
        others = [self.split] if self.split != "test" else []
        others += [self.law] if self.law else []
        others += [f"{self.noise.stem}-{self.snr_db:g}db"] if self.noise else []
        if not is_package(self.run):
            return self.run / "-".join(["evaluation", *others])
        # Nothing is written into a package: it may be served at the same time.
        by = [self.run.resolve().name, *([self.precision] if self.precision else [])]
        return self.dataset / "-".join(["evaluation", *by, *others])

    @property
    def dataset(self) -> Path:
        """The dataset to evaluate on: `data`, or else the one that the run was trained on."""
        if self.data is not None:
            return self.data
        if is_package(self.run):
            raise TrainerError(f"{self.run} is a package: name a dataset to hear, written by prepare, with --data")
        told = told_of(self.run).get("data")
        if told is None:
            raise TrainerError(f"{self.run / 'run.json'} does not tell the dataset: name its folder with --data")
        return Path(told)


def evaluate(evaluation: Evaluation) -> Figures:
    """Runs the model over the split, fits the calibration, writes everything; returns the figures of metrics.json."""
    run = evaluation.run
    require_folder(evaluation.folder)
    candidate = open_candidate(run, evaluation.precision, evaluation.cut_padding)
    listener = _listener(candidate.listener, evaluation)
    prepared = candidate.understood(load_prepared(evaluation.dataset))
    given = Calibration.load(evaluation.calibration) if evaluation.calibration else None
    mislabelled = _believed(evaluation.mislabelled) if evaluation.mislabelled else None
    heard = hear_split(prepared, evaluation.split, listener)
    calibrated = Calibrated(given, "given") if given else candidate.calibrated
    calibrated = calibrated or _fitted(evaluation.split, heard, prepared, listener)
    heard_of = {
        "split": evaluation.split,
        "dataset": prepared.digest,
        "dataset_name": prepared.folder.resolve().name,
        "cut_padding": evaluation.cut_padding,
        "knows_groups": prepared.knows_groups,
        **({"package": candidate.title} if candidate.title else {}),
    }
    flattering = {**_trained_on(run, evaluation.split, calibrated), **_prepared_anew(run, prepared)}
    about = {**heard_of, **_heard_through(evaluation), **flattering}
    metrics = {**about, **figures(heard, prepared.labels, calibrated)}
    if mislabelled is not None:
        metrics["without_mislabelled"] = without(heard, mislabelled, prepared.labels, calibrated.calibration)
    answers = answers_of(heard, prepared.labels, calibrated.calibration)
    write_evaluation(evaluation.folder, metrics, log_history(run), answers)
    return metrics


def write_evaluation(folder: Path, metrics: Figures, history: list[dict[str, Any]], answers: Sequence[Answer]) -> None:
    """Writes calibration.json, answers.csv, pictures, report.md, and last metrics.json, which marks it as complete.

    Files of an older evaluation are deleted first, so `export` never takes an interrupted evaluation for a complete
    one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("metrics.json", ANSWERS, *PICTURES):
        (folder / name).unlink(missing_ok=True)
    drawn = draw_pictures(folder, metrics, history)
    calibration = metrics["calibration"]
    Calibration(calibration["temperature"], calibration["threshold"]).save(folder / "calibration.json")
    write_answers(folder / ANSWERS, answers)
    (folder / "report.md").write_text(report(metrics, drawn, answers), encoding="utf-8")
    write_json(folder / "metrics.json", metrics)


def headline(listener: Listener, prepared: Prepared, split: str, calibration: Calibration) -> dict[str, float]:
    """Accuracy, top-3 and macro-F1 of the clips with an intent, and the calibration error of all clips, at their ends.

    Each clip is run once; it serves to compare variants of one graph. A split without an intent is a TrainerError.
    """
    labels, scores = hear_ends(prepared, split, listener)
    is_intent = ~np.isin(labels, prepared.labels.background_ids)
    if not is_intent.any():
        raise TrainerError(f"the split {split} has no clip with an intent: name another split")
    posterior = posteriors(scores, calibration.temperature)
    return {
        **intent_figures(posterior[is_intent], labels[is_intent]),
        "expected_calibration_error": expected_calibration_error(posterior, labels),
    }


def log_history(run: Path) -> list[dict[str, Any]]:
    """What the Trainer logged in training; empty if the run has no saved state."""
    file = run / STATE
    if not file.is_file():
        return []
    history: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")).get("log_history", [])
    return history


def _listener(listener: Listener, evaluation: Evaluation) -> Listener:
    if evaluation.law is not None:
        listener = line_listener(listener, evaluation.law)
    if evaluation.noise is None:
        return listener
    try:
        noise = read_audio(evaluation.noise)
    except UnreadableAudio as error:
        raise TrainerError(f"cannot read the noise {evaluation.noise}: {error}") from error
    if not noise.any():
        raise TrainerError(f"the noise {evaluation.noise} is digital silence: nothing would be heard through it")
    return noisy_listener(listener, noise, evaluation.snr_db)


def _believed(file: Path) -> set[str]:
    """The file names of clips that are believed mislabelled; names only, as a prepared dataset keeps no paths."""
    return {Path(row["path"]).name for row in read_csv(file, {"path", "believed", "why"})}


def _trained_on(run: Path, split: str, calibrated: Calibrated) -> dict[str, Any]:
    """Which of the splits used here the run was trained on, which makes its figures too good."""
    heard = {split} | ({VALIDATION} if calibrated.source == "fitted" else set())
    flattering = sorted(heard & set(trained_on(run)))
    return {"trained_on": flattering} if flattering else {}


def _prepared_anew(run: Path, prepared: Prepared) -> dict[str, Any]:
    """Whether the run's dataset was prepared again after training, so that its splits may differ."""
    told = told_of(run)
    is_the_runs = told.get("data") == str(prepared.folder.absolute())
    return {"prepared_anew": True} if is_the_runs and told.get("dataset", prepared.digest) != prepared.digest else {}


def _heard_through(evaluation: Evaluation) -> dict[str, Any]:
    noise = {"noise": {"file": evaluation.noise.name, "snr_db": evaluation.snr_db}} if evaluation.noise else {}
    return {**noise, **({"law": evaluation.law} if evaluation.law else {})}


def _fitted(split: str, heard: Heard, prepared: Prepared, listener: Listener) -> Calibrated:
    """Fits on scores after silence, which is what a server has received when endpointing ends an utterance."""
    if len(prepared.split(VALIDATION)) == 0:
        return Calibrated(Calibration(), "default")
    if split == VALIDATION:
        labels, scores = heard.labels, heard.after_silence
    else:
        labels, scores = hear_ends(prepared, VALIDATION, listener, ENDPOINTING_SECONDS)
    return fit_calibration(scores, labels, prepared.labels.background_ids)
