"""Temperature and out-of-scope threshold, fitted on clips that nothing was trained on."""

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

# Ten to twenty observations a parameter keep a fit from following their luck (Harrell 2015, section 4.4).
FEWEST_CLIPS = 20
LOG_TEMPERATURES = (-3.0, 3.0)
NO_DIFFERENCE = 1e-6  # of a mean log loss


@dataclass(frozen=True)
class Calibration:
    """Logits are divided by `temperature`; a best intent less probable than `threshold` is out of scope."""

    temperature: float = 1.0
    threshold: float = 0.4

    def save(self, file: Path) -> None:
        """Writes it as JSON."""
        write_json(file, asdict(self))

    @classmethod
    def load(cls, file: Path) -> "Calibration":
        """Reads what `save` wrote."""
        try:
            return cls(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, TypeError, ValueError) as error:
            raise TrainerError(
                f"{file} is no calibration: `trainer evaluate` writes one, RUN/evaluation/calibration.json ({error})"
            ) from error


@dataclass(frozen=True)
class Calibrated:
    """A calibration and where it is from: `fitted` on the validation split, `given`, a `package`'s, or the `default`.

    `is_temperature_fitted` is False where a fitted calibration keeps temperature 1.
    """

    calibration: Calibration
    source: Literal["fitted", "given", "package", "default"]
    clips: int = 0
    background_clips: int = 0
    is_temperature_fitted: bool = True

    def as_figures(self) -> dict[str, Any]:
        """For metrics.json."""
        rest = {key: value for key, value in asdict(self).items() if key != "calibration"}
        return {**asdict(self.calibration), **rest}


def fit_calibration(scores: NDArray[np.float32], labels: Ids, background: list[int]) -> Calibrated:
    """Temperature and threshold from these clips; the defaults where they are fewer than `FEWEST_CLIPS`."""
    clips, outside = len(labels), int(np.isin(labels, background).sum())
    if clips < FEWEST_CLIPS:
        return Calibrated(Calibration(), "default", clips, outside)
    fitted = fit_temperature(scores, labels)
    temperature = 1.0 if fitted is None else fitted
    threshold = fit_threshold(posteriors(scores, temperature), labels, background)
    calibration = Calibration(round(temperature, 4), round(threshold, 4))
    return Calibrated(calibration, "fitted", clips, outside, fitted is not None)


def fit_temperature(scores: NDArray[np.float32], labels: Ids) -> float | None:
    """The temperature with the least log loss; None where the loss is as small at an end of what is searched.

    Such clips are all answered rightly, or say nothing: the loss has no least value, and the end is nobody's finding.
    """
    everything = np.arange(scores.shape[1])

    def loss(log_temperature: float) -> float:
        return float(log_loss(labels, posteriors(scores, np.exp(log_temperature)), labels=everything))

    found = minimize_scalar(loss, bounds=LOG_TEMPERATURES, method="bounded")
    at_an_end = min(map(loss, LOG_TEMPERATURES)) <= found.fun + NO_DIFFERENCE
    return None if at_an_end else float(np.exp(found.x))


def fit_threshold(posterior: Posteriors, labels: Ids, background: list[int]) -> float:
    """The threshold that best separates intents from background, the default where the clips lack one of them.

    Of the thresholds whose Youden's J is within one standard error of the greatest, as it comes of so many clips, the
    lowest (after the rule of one standard error, Breiman et al. 1984): what the clips cannot tell apart is settled for
    the caller, who is turned away less.
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
