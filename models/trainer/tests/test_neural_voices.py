"""The neural voices that the trainer speaks with by itself: hibari's own, and a folder of Kokoro's."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile
from onnx import TensorProto, helper, numpy_helper
from speaking import script_of

from trainer.augment import speech_bounds
from trainer.errors import TrainerError
from trainer.framing import SAMPLE_RATE
from trainer.main import main
from trainer.synthesis.engine import Delivery, EngineFailure, Utterance
from trainer.synthesis.engines.hibari import Hibari
from trainer.synthesis.engines.kokoro import Kokoro
from trainer.synthesis.installed import Places, find_engines

TEXT = "I want to pay my gas & water bill, please."


@pytest.fixture(scope="module")
def hibari() -> Hibari:
    return Hibari("en")


def kokoro_folder(folder: Path) -> Path:
    """A graph like Kokoro's that answers [tokens, the style's first number, speed] / 1000, and three voices for it."""
    inputs = [
        helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, "n"]),
        helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
        helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
    ]
    nodes = [
        helper.make_node("Shape", ["tokens"], ["shape"], start=1),
        helper.make_node("Cast", ["shape"], ["count"], to=TensorProto.FLOAT),
        helper.make_node("Reshape", ["style", "flat"], ["floats"]),
        helper.make_node("Slice", ["floats", "zero", "one"], ["number"]),
        helper.make_node("Concat", ["count", "number", "speed"], ["heard"], axis=0),
        helper.make_node("Div", ["heard", "thousand"], ["audio"]),
    ]
    constants = {
        "zero": np.array([0]),
        "one": np.array([1]),
        "flat": np.array([-1]),
        "thousand": np.array([1000], np.float32),
    }
    graph = helper.make_graph(
        nodes,
        "kokoro",
        inputs,
        [helper.make_tensor_value_info("audio", TensorProto.FLOAT, [3])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    (folder / "voices").mkdir(parents=True)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / "kokoro.onnx")
    for voice in ("af_bella", "bm_lewis", "jf_alpha"):
        styles = np.zeros((510, 256), np.float32)
        styles[:, 0] = np.arange(510)
        styles.tofile(folder / "voices" / f"{voice}.bin")
    return folder


def test_hibari_speaks_faster_when_told_and_the_same_for_the_same_take(hibari: Hibari, tmp_path: Path) -> None:
    said = []
    for index, delivery in enumerate((Delivery(0.8), Delivery(1.25), Delivery(1.25), Delivery(1.25, take=1))):
        (tmp_path / f"{index}").mkdir()
        (file,) = hibari.speak([Utterance(TEXT, hibari.voices[0], delivery)], tmp_path / f"{index}")
        pcm, rate = soundfile.read(file, dtype="float32")
        assert rate == 24_000
        said.append(pcm)
    slow, fast, again, other = said
    first, last = speech_bounds(fast)
    start, end = speech_bounds(slow)
    assert SAMPLE_RATE < last - first < 0.85 * (end - start) < 6 * rate
    np.testing.assert_array_equal(fast, again)
    assert not np.array_equal(fast, other)


def test_hibari_comes_with_the_trainer_and_speaks_english_alone() -> None:
    assert list(find_engines("en", {"hibari": 1.0}).engines) == ["hibari"]
    with pytest.raises(TrainerError, match="hibari: it has no voice for 'fr'"):
        find_engines("fr", {"hibari": 1.0})


def test_kokoro_hears_the_phonemes_their_style_and_the_speed(hibari: Hibari, tmp_path: Path) -> None:
    engine = find_engines("en", {"kokoro": 1.0}, Places(kokoro=kokoro_folder(tmp_path / "kokoro"))).engines["kokoro"]
    assert [voice.name for voice in engine.voices] == ["af_bella", "bm_lewis"]
    asked = [Utterance(text, engine.voices[0], Delivery(1.1)) for text in ("Hello there.", TEXT)]
    for file, utterance in zip(engine.speak(asked, tmp_path), asked, strict=True):
        (phonemes,) = hibari.speaker.phonemize(utterance.text)
        pcm, rate = soundfile.read(file, dtype="float32")
        assert rate == 24_000
        np.testing.assert_allclose(1000 * pcm, [len(phonemes) + 2, len(phonemes) - 1, 1.1], atol=0.05)


def test_what_the_neural_voices_cannot_say_is_told(hibari: Hibari, tmp_path: Path) -> None:
    engine = Kokoro(kokoro_folder(tmp_path / "kokoro"), "en")
    for text, can in {"café, £3": True, "hi \U0001f642": True, "привет, hello": False, "": False}.items():
        assert (hibari.speaks(text), engine.speaks(text)) == (can, can), text
    with pytest.raises(EngineFailure, match=r"there is nothing to say in ' '"):
        engine.speak([Utterance(" ", engine.voices[0], Delivery())], tmp_path)
    with pytest.raises(EngineFailure, match=r"\d{3,} phonemes without a pause; 512 are the most"):
        engine.speak([Utterance("and then I go " * 60, engine.voices[0], Delivery())], tmp_path)


def test_british_voices_read_british_english(tmp_path: Path) -> None:
    engine = Kokoro(kokoro_folder(tmp_path / "kokoro"), "en")
    american, british = (engine.readers[accent].phonemize("I can't start the car.") for accent in "ab")
    assert "ɑɹ" in american[0]
    assert "ɑɹ" not in british[0]


def test_what_is_no_kokoro_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"kokoro: its folder was not named: scripts/fetch-kokoro.sh FOLDER makes"):
        find_engines("en", {"kokoro": 1.0})
    with pytest.raises(TrainerError, match=r"--kokoro .*nowhere is no folder"):
        find_engines("en", {"kokoro": 1.0}, Places(kokoro=tmp_path / "nowhere"))
    with pytest.raises(EngineFailure, match=r"should hold one graph, .*, and has 0"):
        Kokoro(tmp_path, "en")
    folder = kokoro_folder(tmp_path / "kokoro")
    np.zeros(255, np.float32).tofile(folder / "voices" / "am_short.bin")
    with pytest.raises(EngineFailure, match=r"am_short.bin is no voice: float32 in rows of 256; it has 255"):
        Kokoro(folder, "en")
    (folder / "voices" / "am_short.bin").unlink()
    (folder / "kokoro.onnx").write_bytes(b"no graph")
    with pytest.raises(EngineFailure, match=r"kokoro.onnx is no graph that ONNX Runtime can open"):
        Kokoro(folder, "en")


def test_only_the_engines_that_are_asked_for_speak(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script_of(tmp_path, '[intents.yes]\nsentences = ["yes please"]\n[intents.no]\nsentences = ["no thanks"]\n')
    told = ["synthesize", str(tmp_path / "script.toml"), "--cache", str(tmp_path / "cache"), "--clips", "2"]
    assert main([*told, "--engines", "hibari", "--out", str(tmp_path / "speech")]) == 0
    assert "1 voices of 1 engines" in capsys.readouterr().out
    assert main([*told, "--engines", "parrot", "--out", str(tmp_path / "speech")]) == 1
    assert "'parrot' is no speech engine: kokoro, hibari" in capsys.readouterr().err
