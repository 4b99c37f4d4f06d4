"""Stage 3: what a checkpoint gets right, on one split."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from trainer.calibration import Calibration
from trainer.errors import TrainerError
from trainer.labels import Labels
from trainer.listening import Listener, Scores, with_silence
from trainer.metrics import (
    Ids,
    best_intent,
    confusions,
    expected_calibration_error,
    intent_figures,
    out_of_scope_figures,
    posteriors,
)
from trainer.prepare import Prepared, pcm_of

SECONDS_HEARD = (1, 2, 3, 4, 6, 8)
ENDPOINTING_SECONDS = 1.0


@dataclass(frozen=True)
class Heard:
    """What a model said about each clip of a split, at its end, one second of silence later, and on the way."""

    labels: Ids
    final: Scores  # [clips, labels]
    after_silence: Scores  # [clips, labels]
    on_the_way: list[tuple[list[int], Scores]]  # per clip: the frames' ends in ms, and their scores


def hear_split(prepared: Prepared, split: str, listener: Listener) -> Heard:
    """Plays every clip of a split to the model; an empty split is an error."""
    rows = prepared.split(split)
    if len(rows) == 0:
        raise TrainerError(f"the prepared dataset has no clips in the split {split}")
    labels, after, on_the_way = [], [], []
    for row in tqdm(rows, desc=f"evaluate {split}", unit="clip", mininterval=5):
        pcm = pcm_of(row)
        labels.append(int(row["label"]))
        on_the_way.append((listener.framing.end_ms(len(pcm)), listener.hear(pcm)))
        after.append(listener.hear(with_silence(pcm, ENDPOINTING_SECONDS))[-1])
    final = np.stack([scores[-1] for _, scores in on_the_way])
    return Heard(np.array(labels), final, np.stack(after), on_the_way)


def figures(heard: Heard, labels: Labels, calibration: Calibration) -> dict[str, Any]:
    """Every figure of metrics.json."""
    is_intent = ~np.isin(heard.labels, labels.background_ids)
    final = posteriors(heard.final, calibration.temperature)
    after = posteriors(heard.after_silence, calibration.temperature)
    answer: dict[str, Any] = {
        "at_the_end": intent_figures(final[is_intent], heard.labels[is_intent]),
        "after_one_second_of_silence": intent_figures(after[is_intent], heard.labels[is_intent]),
        "after_seconds_heard": {
            str(seconds): intent_figures(
                posteriors(_after(heard, seconds), calibration.temperature)[is_intent], heard.labels[is_intent]
            )["accuracy"]
            for seconds in SECONDS_HEARD
        },
        "expected_calibration_error": expected_calibration_error(final, heard.labels),
        "confusion": {"labels": list(labels.names), "counts": confusions(final, heard.labels)},
    }
    if not is_intent.all():
        confidence = best_intent(final, labels.background_ids)
        answer["out_of_scope"] = out_of_scope_figures(
            confidence[is_intent], confidence[~is_intent], calibration.threshold
        )
    return answer


def _after(heard: Heard, seconds: float) -> NDArray[np.float32]:
    """The scores of the last frame that ends within so many seconds; of the first frame if there is none."""
    chosen = []
    for ends, scores in heard.on_the_way:
        index = int(np.searchsorted(ends, seconds * 1000, side="right")) - 1
        chosen.append(scores[max(index, 0)])
    return np.stack(chosen)
