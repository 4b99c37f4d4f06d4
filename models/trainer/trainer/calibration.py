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
from trainer.metrics import Ids, best_intent, posteriors


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


def fit_calibration(scores: NDArray[np.float32], labels: Ids, background: list[int]) -> Calibration:
    """The temperature with the least log loss, then the threshold that best separates intents from background.

    Of the thresholds whose Youden's J is within one standard error of the greatest, as it comes of so many clips, the
    lowest (after the rule of one standard error, Breiman et al. 1984): what the clips cannot tell apart is settled for
    the caller, who is turned away less. The default where the clips lack intents or background.
    """
    everything = np.arange(scores.shape[1])

    def loss(log_temperature: float) -> float:
        return float(log_loss(labels, posteriors(scores, np.exp(log_temperature)), labels=everything))

    temperature = float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))
    confidence = best_intent(posteriors(scores, temperature), background)
    is_intent = ~np.isin(labels, background)
    if is_intent.all() or not is_intent.any():
        return Calibration(round(temperature, 4))
    false_accepts, accepts, thresholds = roc_curve(is_intent, confidence)
    gains = accepts - false_accepts
    variances = accepts * (1 - accepts) / is_intent.sum() + false_accepts * (1 - false_accepts) / (~is_intent).sum()
    best = np.argmax(gains)
    as_good = gains >= gains[best] - np.sqrt(variances[best])
    threshold = float(np.clip(thresholds[as_good].min(), 0.05, 0.95))
    return Calibration(round(temperature, 4), round(threshold, 4))


@dataclass(frozen=True)
class Calibrated:
    """A calibration and where it is from: `fitted` on clips of the validation split, `given`, or the `default`."""

    calibration: Calibration
    source: Literal["fitted", "given", "default"]
    clips: int = 0
    background_clips: int = 0

    @classmethod
    def by(cls, scores: NDArray[np.float32], labels: Ids, background: list[int]) -> "Calibrated":
        """Fitted on these clips."""
        outside = int(np.isin(labels, background).sum())
        return cls(fit_calibration(scores, labels, background), "fitted", len(labels), outside)

    def as_figures(self) -> dict[str, Any]:
        """For metrics.json."""
        rest = {key: value for key, value in asdict(self).items() if key != "calibration"}
        return {**asdict(self.calibration), **rest}
