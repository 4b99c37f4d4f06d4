"""Which checkpoints can be served: each model type, its feature extractor, and the name of the model's input."""

from dataclasses import dataclass
from typing import Any

from trainer.errors import TrainerError
from trainer.framing import SAMPLE_RATE

WAVEFORM = ("Wav2Vec2FeatureExtractor", "input_values")


@dataclass(frozen=True)
class Family:
    """One architecture in transformers: `model_type`, class of the extractor, and the input's name in `forward`."""

    title: str
    model_type: str
    extractor: str
    input_name: str


FAMILIES = (
    Family("Audio Spectrogram Transformer", "audio-spectrogram-transformer", "ASTFeatureExtractor", "input_values"),
    Family("Data2VecAudio", "data2vec-audio", *WAVEFORM),
    Family("HuBERT", "hubert", *WAVEFORM),
    Family("SEW", "sew", *WAVEFORM),
    Family("SEW-D", "sew-d", *WAVEFORM),
    Family("UniSpeech", "unispeech", *WAVEFORM),
    Family("UniSpeechSat", "unispeech-sat", *WAVEFORM),
    Family("Wav2Vec2", "wav2vec2", *WAVEFORM),
    Family("Wav2Vec2-BERT", "wav2vec2-bert", "SeamlessM4TFeatureExtractor", "input_features"),
    Family("Wav2Vec2-Conformer", "wav2vec2-conformer", *WAVEFORM),
    Family("WavLM", "wavlm", *WAVEFORM),
    Family("Whisper", "whisper", "WhisperFeatureExtractor", "input_features"),
)
MODEL_TYPES = tuple(family.model_type for family in FAMILIES)


def family_of(model: Any, extractor: Any) -> Family:
    """The family of a model and its extractor.

    A TrainerError if the model type is unknown, the extractor belongs to another family, or its rate is not 16 kHz.
    """
    kind = model.config.model_type
    family = next((each for each in FAMILIES if each.model_type == kind), None)
    if family is None:
        raise TrainerError(f"model_type {kind!r} cannot be exported: it must be one of {', '.join(MODEL_TYPES)}")
    name = type(extractor).__name__
    if name != family.extractor:
        raise TrainerError(f"a {family.title} checkpoint comes with a {family.extractor}, not with a {name}")
    if extractor.sampling_rate != SAMPLE_RATE:
        raise TrainerError(f"{name}: sampling_rate is {extractor.sampling_rate}, but frames are {SAMPLE_RATE} Hz")
    return family
