"""What evaluation tests share: hearings from beliefs, and JSON that refuses NaN."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from trainer.calibration import Calibrated, Calibration
from trainer.figures import figures
from trainer.heard import Heard, OnTheWay
from trainer.labels import Labels

LABELS = Labels(("balance", "freeze", "loan", "background"), ("background",))
UNCALIBRATED = Calibrated(Calibration(1.0, 0.5), "default")

Beliefs = Sequence[Sequence[float]]  # [frames, labels]


def clip_of(beliefs: Beliefs, ends_ms: Sequence[int] | None = None) -> OnTheWay:
    """A clip whose posterior at temperature 1 is as given; a frame ends each second unless `ends_ms` says otherwise."""
    ends = ends_ms or [1000 * (index + 1) for index in range(len(beliefs))]
    return OnTheWay(np.array(ends), np.log(np.array(beliefs, dtype=np.float32)))


def heard_of(*clips: tuple[int, Beliefs], groups: Sequence[str] | None = None) -> Heard:
    """Clips as label and beliefs; silence changes nothing, and each clip is a group unless `groups` says otherwise."""
    on_the_way = tuple(clip_of(beliefs) for _, beliefs in clips)
    calls = tuple(groups or (f"call-{index}" for index in range(len(clips))))
    after = np.stack([clip.scores[-1] for clip in on_the_way])
    names = tuple(f"clip-{index}.wav" for index in range(len(clips)))
    languages = tuple(("en-AU", "en-GB")[index % 2] for index in range(len(clips)))
    return Heard(np.array([label for label, _ in clips]), calls, on_the_way, after, names, languages)


def figures_of(heard: Heard, calibrated: Calibrated = UNCALIBRATED) -> dict[str, Any]:
    """The figures as a reader of metrics.json gets them: NaN and infinities are errors."""
    text = json.dumps({"split": "test", **figures(heard, LABELS, calibrated)})
    read: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return read


def refuse(constant: str) -> None:
    """For `json.loads`: NaN and infinities are no JSON."""
    raise AssertionError(f"{constant} is no JSON")


def sure_of(label: int, confidence: float = 0.7) -> list[float]:
    """A belief of `confidence` in one of four labels, the rest shared evenly."""
    return [confidence if index == label else (1 - confidence) / 3 for index in range(4)]
