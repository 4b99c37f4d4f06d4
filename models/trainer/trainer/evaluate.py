"""Evaluates a run, several runs together, or a package on one split: metrics, pictures and a report in one folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trainer.answers import ANSWERS, Answer, answers_of, write_answers
from trainer.audio import UnreadableAudio, read_audio
from trainer.calibration import Calibrated, Calibration, fit_calibration
from trainer.candidate import Candidate, open_candidate
from trainer.errors import TrainerError
from trainer.evaluation import Evaluation
from trainer.figures import Figures, figures, without
from trainer.files import require_folder, write_json
from trainer.heard import ENDPOINTING_SECONDS, Ends, Heard, hear_ends, hear_split
from trainer.labels import Labels, require_same_labels
from trainer.listening import Listener, line_listener, noisy_listener
from trainer.metrics import expected_calibration_error, intent_figures, posteriors
from trainer.pictures.draw import PICTURES, draw_pictures
from trainer.prepared import Prepared, load_prepared
from trainer.report import report
from trainer.run_folder import STATE, told_of, trained_on
from trainer.tables import read_csv

VALIDATION = "validation"


@dataclass(frozen=True)
class _Opened:
    """A run or a package, what it hears through, and the dataset that it is to hear."""

    run: Path
    candidate: Candidate
    listener: Listener
    prepared: Prepared


def evaluate(evaluation: Evaluation) -> Figures:
    """Runs each model over the split, fits the calibration, writes everything; returns the figures of metrics.json."""
    require_folder(evaluation.folder)
    opened = [_open(run, evaluation) for run in evaluation.runs]
    labels = _labels_of(opened)
    given = Calibration.load(evaluation.calibration) if evaluation.calibration else None
    mislabelled = _believed(evaluation.mislabelled) if evaluation.mislabelled else None
    parts = [hear_split(each.prepared, evaluation.split, each.listener) for each in opened]
    heard = Heard.together(parts)
    calibrated = Calibrated(given, "given") if given else opened[0].candidate.calibrated
    calibrated = calibrated or _fitted(evaluation, heard, opened)
    metrics = {**_about(evaluation, opened, calibrated), **figures(heard, labels, calibrated)}
    if evaluation.others:
        metrics["runs"] = [_of_run(each, part) for each, part in zip(opened, parts, strict=True)]
    if mislabelled is not None:
        metrics["without_mislabelled"] = without(heard, mislabelled, labels, calibrated.calibration)
    answers = answers_of(heard, labels, calibrated.calibration)
    history = [] if evaluation.others else log_history(evaluation.run)
    write_evaluation(evaluation.folder, metrics, history, answers)
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
    ends = hear_ends(prepared, split, listener)
    is_intent = ~np.isin(ends.labels, prepared.labels.background_ids)
    if not is_intent.any():
        raise TrainerError(f"the split {split} has no clip with an intent: name another split")
    posterior = posteriors(ends.scores, calibration.temperature)
    return {
        **intent_figures(posterior[is_intent], ends.labels[is_intent]),
        "expected_calibration_error": expected_calibration_error(posterior, ends.labels),
    }


def log_history(run: Path) -> list[dict[str, Any]]:
    """What the Trainer logged in training; empty if the run has no saved state."""
    file = run / STATE
    if not file.is_file():
        return []
    history: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")).get("log_history", [])
    return history


def _open(run: Path, evaluation: Evaluation) -> _Opened:
    candidate = open_candidate(run, evaluation.precision, evaluation.cut_padding)
    prepared = candidate.understood(load_prepared(evaluation.dataset_of(run)))
    return _Opened(run, candidate, _listener(candidate.listener, evaluation), prepared)


def _labels_of(opened: Sequence[_Opened]) -> Labels:
    """The labels that all runs have in common; a TrainerError if one has others."""
    first, *others = opened
    for each in others:
        require_same_labels(each.candidate.labels, first.prepared.labels.names, each.run)
        if each.prepared.labels != first.prepared.labels:
            raise TrainerError(f"{each.run} announces other labels than {first.run}: they cannot count together")
    return first.prepared.labels


def _about(evaluation: Evaluation, opened: Sequence[_Opened], calibrated: Calibrated) -> dict[str, Any]:
    """What was heard, through what, by which models, and what may flatter them."""
    first, limit = opened[0], evaluation.most_false_finals
    is_fitted = calibrated.source == "fitted"
    of_dataset = {"dataset": first.prepared.digest, "dataset_name": first.prepared.folder.resolve().name}
    return {
        "split": evaluation.split,
        **({} if evaluation.others else of_dataset),
        "cut_padding": evaluation.cut_padding,
        "knows_groups": all(each.prepared.knows_groups for each in opened),
        **({"package": first.candidate.title} if first.candidate.title else {}),
        **({"most_false_finals_per_hour": limit} if limit is not None and is_fitted else {}),
        **_heard_through(evaluation),
        **_trained_on(evaluation, is_fitted),
        **({"prepared_anew": True} if any(map(_is_prepared_anew, opened)) else {}),
    }


def _of_run(opened: _Opened, heard: Heard) -> dict[str, Any]:
    """The figures of one run among several, over its clips with an intent."""
    is_intent = ~np.isin(heard.labels, opened.prepared.labels.background_ids)
    told = {"run": opened.run.resolve().name, "dataset_name": opened.prepared.folder.resolve().name}
    if not is_intent.any():
        return told
    return {**told, **intent_figures(posteriors(heard.final[is_intent], 1.0), heard.labels[is_intent])}


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


def _trained_on(evaluation: Evaluation, is_fitted: bool) -> dict[str, Any]:
    """Which of the splits used here a run was trained on, which makes its figures too good."""
    heard = {evaluation.split} | ({VALIDATION} if is_fitted else set())
    flattering = sorted(heard & {split for run in evaluation.runs for split in trained_on(run)})
    return {"trained_on": flattering} if flattering else {}


def _is_prepared_anew(opened: _Opened) -> bool:
    """Whether the run's dataset was prepared again after training, so that its splits may differ."""
    told, prepared = told_of(opened.run), opened.prepared
    is_the_runs = told.get("data") == str(prepared.folder.absolute())
    return is_the_runs and told.get("dataset", prepared.digest) != prepared.digest


def _heard_through(evaluation: Evaluation) -> dict[str, Any]:
    noise = {"noise": {"file": evaluation.noise.name, "snr_db": evaluation.snr_db}} if evaluation.noise else {}
    return {**noise, **({"law": evaluation.law} if evaluation.law else {})}


def _fitted(evaluation: Evaluation, heard: Heard, opened: Sequence[_Opened]) -> Calibrated:
    """Fits on scores after silence, which is what a server has received when endpointing ends an utterance."""
    tuned = [each for each in opened if len(each.prepared.split(VALIDATION)) > 0]
    if not tuned:
        return Calibrated(Calibration(), "default")
    if evaluation.split == VALIDATION:
        ends = Ends(heard.labels, heard.after_silence, heard.hours)
    else:
        parts = [hear_ends(each.prepared, VALIDATION, each.listener, ENDPOINTING_SECONDS) for each in tuned]
        ends = Ends.together(parts)
    background, limit = opened[0].prepared.labels.background_ids, evaluation.most_false_finals
    most_false = None if limit is None else int(limit * ends.hours[np.isin(ends.labels, background)].sum())
    return fit_calibration(ends.scores, ends.labels, background, most_false)
