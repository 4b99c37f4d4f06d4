"""Temperature and out-of-scope threshold, fitted on clips that were not trained on."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss, roc_curve

from trainer.errors import TrainerError
from trainer.files import write_json
from trainer.metrics import Ids, Posteriors, best_intent, posteriors

# Ten to twenty observations per parameter avoid overfitting (Harrell 2015, section 4.4).
FEWEST_CLIPS = 20
LOG_TEMPERATURES = (-3.0, 3.0)
NO_DIFFERENCE = 1e-6  # of a mean log loss
STEP = 1e-4  # of thresholds, as they are written


@dataclass(frozen=True)
class Calibration:
    """Logits are divided by `temperature`; a best intent less probable than `threshold` is out of scope."""

    temperature: float = 1.0
    threshold: float = 0.4

    def save(self, file: Path) -> None:
        """Writes the calibration as JSON."""
        write_json(file, asdict(self))

    @classmethod
    def load(cls, file: Path) -> "Calibration":
        """Reads what `save` wrote; a file that is missing or malformed is a TrainerError."""
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, TypeError, ValueError) as error:
            raise TrainerError(
                f"{file} is no calibration: `trainer evaluate` writes one, RUN/evaluation/calibration.json ({error})"
            ) from error


@dataclass(frozen=True)
class Calibrated:
    """A calibration and its origin: `fitted` on the validation split, `given`, a `package`'s own, or the `default`.

    `clips` and `background_clips` count the clips there were to fit it on. `is_temperature_fitted` is False if a fitted
    calibration keeps the temperature 1.
    """

    calibration: Calibration
    source: Literal["fitted", "given", "package", "default"]
    clips: int = 0
    background_clips: int = 0
    is_temperature_fitted: bool = True

    def as_figures(self) -> dict[str, Any]:
        """The entries for metrics.json."""
        rest = {key: value for key, value in asdict(self).items() if key != "calibration"}
        return {**asdict(self.calibration), **rest}


def fit_calibration(
    scores: NDArray[np.float32], labels: Ids, background: list[int], most_false: int | None = None
) -> Calibrated:
    """Fits temperature and threshold on clips; the defaults for fewer than `FEWEST_CLIPS` clips.

    `scores` is `[clips, labels]`, `background` holds the indices of the background labels. With `most_false`, the
    threshold lets no more clips of background pass; a TrainerError if none does.
    """
    clips, outside = len(labels), int(np.isin(labels, background).sum())
    if clips < FEWEST_CLIPS:
        return Calibrated(Calibration(), "default", clips, outside)
    fitted = fit_temperature(scores, labels)
    temperature = 1.0 if fitted is None else fitted
    posterior = posteriors(scores, temperature)
    threshold = fit_threshold(posterior, labels, background)
    if most_false is not None and outside:
        threshold = max(threshold, strict_threshold(posterior[np.isin(labels, background)], background, most_false))
    calibration = Calibration(round(temperature, 4), round(threshold, 4))
    return Calibrated(calibration, "fitted", clips, outside, fitted is not None)


def fit_temperature(scores: NDArray[np.float32], labels: Ids) -> float | None:
    """The temperature with the lowest log loss; None if the loss is as low at an end of the searched range.

    Then all clips are right, or the scores say nothing: the loss has no minimum inside the range, and its end has no
    meaning.
    """
    everything = np.arange(scores.shape[1])

    def loss(log_temperature: float) -> float:
        return float(log_loss(labels, posteriors(scores, np.exp(log_temperature)), labels=everything))

    found = minimize_scalar(loss, bounds=LOG_TEMPERATURES, method="bounded")
    at_an_end = min(map(loss, LOG_TEMPERATURES)) <= found.fun + NO_DIFFERENCE
    return None if at_an_end else float(np.exp(found.x))


def fit_threshold(posterior: Posteriors, labels: Ids, background: list[int]) -> float:
    """The threshold that best separates intents from background; the default if the clips lack one of them.

    Of all thresholds whose Youden's J is within one standard error of the highest, it is the lowest, limited to
    0.05…0.95 (after the one-standard-error rule, Breiman et al. 1984). Where the clips do not tell which threshold is
    better, fewer intents are rejected.
    """
    is_intent = ~np.isin(labels, background)
    if is_intent.all() or not is_intent.any():
        return Calibration().threshold
    false_accepts, accepts, thresholds = roc_curve(is_intent, best_intent(posterior, background))
    gains = accepts - false_accepts
    variances = accepts * (1 - accepts) / is_intent.sum() + false_accepts * (1 - false_accepts) / (~is_intent).sum()
    best = np.argmax(gains)
    as_good = gains >= gains[best] - np.sqrt(variances[best])
    return float(np.clip(thresholds[as_good].min(), 0.05, 0.95))


def strict_threshold(posterior: Posteriors, background: list[int], most_false: int) -> float:
    """The lowest threshold, in steps of 0.0001, that announces at most `most_false` of these clips of background."""
    surest = np.sort(best_intent(posterior, background))[::-1]
    if most_false >= len(surest):
        return 0.0
    threshold = float(np.floor(round(surest[most_false] / STEP, 6)) + 1) * STEP
    if threshold > 1:
        raise TrainerError(
            f"no threshold keeps the false finals so few: of the {len(surest)} clips of background in the validation "
            f"split, {most_false + 1} are an intent beyond doubt. Listen to them, or allow more"
        )
    return threshold
