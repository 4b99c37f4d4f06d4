"""Training examples of the streaming model: encoded hearings with a target and a weight for every hop.

A hearing is one copy of a recording, either unchanged or augmented.
"""

from dataclasses import dataclass, replace

import torch
from datasets import Dataset
from torch import Tensor
from tqdm import tqdm

from trainer.activity import activity_of_parts, speech_activity
from trainer.augment import Hearing, plain_hearing
from trainer.framing import FRAME_SAMPLES, SAMPLE_RATE, Framing, Samples
from trainer.hop_targets import hop_targets
from trainer.labels import Labels
from trainer.masks import Masks
from trainer.prepared import pcm_of
from trainer.recipe import Augmentation
from trainer.rolling_model import HOP_MS, STEPS_PER_HOP, RollingModel
from trainer.rolling_trainer import Hearings
from trainer.teacher import Teacher

LONGEST_SECONDS = 24
FRAMING = Framing(HOP_MS)
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE
STEP_SECONDS = HOP_MS / 1000 / STEPS_PER_HOP


Encoded = dict[str, Tensor]  # a hearing as it is cached, without its label


@dataclass(frozen=True)
class EncodedHearing:
    """One hearing as a training example; `labels` and `weights` are per hop, the other tensors in half precision."""

    activations: Tensor  # [time, numbers], from the model's `activate`
    labels: Tensor  # [hops]
    weights: Tensor  # [hops], their sum is 1
    speech: Tensor  # [6 hops], 1 where somebody speaks
    taught: Tensor  # [6 hops, 128], the teacher's targets, NaN where there is none; [6 hops, 0] without a teacher
    text: str  # what is said, empty if unknown

    @staticmethod
    def of(encoded: Encoded, label: int, labels: Labels, text: str = "") -> "EncodedHearing":
        """Adds to an encoded hearing the target and the weight of each hop."""
        start, end = encoded["spoken"].tolist()
        hops = len(encoded["speech"]) // STEPS_PER_HOP
        targets, weights = hop_targets((start, end), FRAMING, hops, label, labels)
        return EncodedHearing(encoded["activations"], targets, weights, encoded["speech"], encoded["taught"], text)


class EncodedHearings(Hearings):
    """Hearings that were encoded once, before training, because the encoder is frozen; masked anew at every access."""

    def __init__(self, hearings: list[EncodedHearing], masks: Masks | None = None) -> None:
        self.hearings = hearings
        self.masks = masks

    def lengths(self) -> list[int]:
        """The number of hops of each hearing."""
        return [len(hearing.labels) for hearing in self.hearings]

    def __getitem__(self, index: int) -> EncodedHearing:
        hearing = self.hearings[index]
        if self.masks is None:
            return hearing
        return replace(hearing, activations=self.masks(hearing.activations))


class Encoder:
    """Encodes hearings with a model's front end, and adds the teacher's features where there is a teacher."""

    def __init__(self, model: RollingModel, teacher: Teacher | None = None) -> None:
        self.model = model
        self.teacher = teacher

    @torch.no_grad()
    def __call__(self, hearing: Hearing) -> Encoded:
        """Encodes the first 24 seconds of one hearing.

        `spoken` holds the samples at which its speech starts and ends. The other tensors are as in `EncodedHearing`.
        """
        pcm = hearing.pcm[: LONGEST_SECONDS * SAMPLE_RATE]
        hops = FRAMING.count(len(pcm))
        return {
            "activations": self.model.activate(torch.from_numpy(FRAMING.padded(pcm))).half(),
            "speech": _speech(hearing, hops),
            "taught": self._taught(hearing.clean[: len(pcm)], hops),
            "spoken": torch.tensor(hearing.spoken),
        }

    def _taught(self, clean: Samples, hops: int) -> Tensor:
        ends = FRAME_SECONDS + (torch.arange(hops * STEPS_PER_HOP) + 1 - STEPS_PER_HOP) * STEP_SECONDS
        return self.teacher(clean, ends) if self.teacher else torch.zeros(len(ends), 0)


def encode_plainly(rows: Dataset, encode: Encoder, labels: Labels) -> list[EncodedHearing]:
    """Encodes recordings without augmentation, for validation."""
    progress = tqdm(rows, desc="encode validation", unit="hearing", mininterval=2)
    return [EncodedHearing.of(encode(plain_hearing(pcm_of(row))), int(row["label"]), labels) for row in progress]


def hearings_of(is_synthesised: bool, augmentation: Augmentation) -> int:
    """How many hearings a recording gives.

    Synthesised speech is never used unchanged, because no caller sounds like that.
    """
    return augmentation.synthesised_copies if is_synthesised else 1 + augmentation.copies


def _speech(hearing: Hearing, hops: int) -> Tensor:
    """Whether each step is speech, `[6 hops]`; of each frame only the newest hop is labelled."""
    before = round(FRAME_SECONDS / STEP_SECONDS) - STEPS_PER_HOP
    parts = before + hops * STEPS_PER_HOP
    activity = activity_of_parts(speech_activity(hearing.clean), parts, STEP_SECONDS * SAMPLE_RATE)
    return torch.from_numpy(activity[before:]).half()
