"""`trainer synthesize`, spoken by the engines that are installed."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from speaking import engines_or_skip, needs, script_of

from trainer.augment import speech_bounds
from trainer.errors import TrainerError
from trainer.framing import SAMPLE_RATE
from trainer.main import main
from trainer.noise import rms
from trainer.recipe_sources import Source
from trainer.sources import list_recordings
from trainer.splits import assign_splits
from trainer.synthesis.engine import Delivery, EngineFailure, Utterance, output_of
from trainer.synthesis.finish import finished
from trainer.synthesis.installed import PROGRAMS, Places, find_engines
from trainer.synthesis.synthesize import Order, synthesize

TEXT = """
[intents.pay_bill]
sentences = ["I want to pay my {bill} bill", "can I pay for the {bill}"]
[intents.balance]
sentences = ["how much money do I have", "what's in my account"]
[slots]
bill = ["gas", "water"]
[out_of_scope]
sentences = ["what is the weather like", "tell me a joke", "who won the match", "sing me a song"]
[speech]
clips = 3
"""
CROSS_TALK = "[line]\ncross_talk = 1.0\n"
BOTH = TEXT + "[speech.engines]\nespeak-ng = 1.0\nflite = 1.0\n"
ESPEAK = TEXT + "[speech.engines]\nespeak-ng = 1.0\n"


def made(folder: Path, text: str, *options: str) -> list[dict[str, str]]:
    file = folder / "script.toml"
    file.write_text(text, encoding="utf-8")
    out = folder / "out"
    arguments = ["synthesize", str(file), "--out", str(out), "--cache", str(folder / "cache"), *options]
    assert main(arguments) == 0
    with (out / "manifest.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@needs("espeak-ng")
@needs("flite")
def test_the_same_clips_whatever_the_number_of_jobs(tmp_path: Path) -> None:
    for name in ("one", "four"):
        (tmp_path / name).mkdir()
    alone, together = made(tmp_path / "one", BOTH, "--jobs", "1"), made(tmp_path / "four", BOTH, "--jobs", "4")
    assert alone == together
    assert {row["engine"] for row in alone} == {"espeak-ng", "flite"}
    for row in alone:
        assert (tmp_path / "one/out" / row["path"]).read_bytes() == (tmp_path / "four/out" / row["path"]).read_bytes()
    other = made(tmp_path / "four", BOTH, "--seed", "2")
    assert [row["path"] for row in other] != [row["path"] for row in alone]


@needs("espeak-ng")
@needs("flite")
def test_some_labels_sound_as_they_would_among_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("some", "all"):
        (tmp_path / name).mkdir()
    everything = made(tmp_path / "all", BOTH + CROSS_TALK)
    some = made(tmp_path / "some", BOTH + CROSS_TALK, "--labels", "balance", "background")
    assert some == [row for row in everything if row["label"] in ("balance", "background")] != everything
    for row in some:
        assert (tmp_path / "some/out" / row["path"]).read_bytes() == (tmp_path / "all/out" / row["path"]).read_bytes()
    assert main(["synthesize", str(tmp_path / "all/script.toml"), "--out", str(tmp_path / "none"), "--labels", "tea"])
    assert "no sentence has the label 'tea'; known labels: pay_bill, balance, background" in capsys.readouterr().err


@needs("espeak-ng")
@needs("sox")
def test_clips_are_16_khz_mono_of_16_bits_at_the_level_asked_for(tmp_path: Path) -> None:
    for row in made(tmp_path, ESPEAK, "--clean"):
        file = tmp_path / "out" / row["path"]
        told = subprocess.run(["soxi", str(file)], capture_output=True, text=True, check=True).stdout
        assert {"16000", "16-bit", "1"} <= set(told.split())
        pcm, _ = soundfile.read(file)
        start, end = speech_bounds(pcm.astype(np.float32))
        assert 0.03 <= start / SAMPLE_RATE <= 0.32
        assert 0.08 <= (len(pcm) - end) / SAMPLE_RATE <= 0.52
        assert -35 <= 20 * np.log10(rms(pcm[start:end])) <= -18.9


@needs("espeak-ng")
def test_prepare_takes_the_manifest_and_keeps_sentences_whole(tmp_path: Path) -> None:
    made(tmp_path, ESPEAK, "--clips", "4")
    source = Source(path=tmp_path / "out" / "manifest.csv")
    recordings = list_recordings(source)
    splits = assign_splits(recordings, source)
    assert len(recordings) == 8 * 4
    homes: dict[str, set[str]] = {}
    for recording, split in zip(recordings, splits, strict=True):
        homes.setdefault(recording.group, set()).add(split)
    assert len(homes) == 8
    assert all(len(home) == 1 for home in homes.values())
    assert {"train", "validation"} <= {split for home in homes.values() for split in home}


@needs("espeak-ng")
def test_the_line_passes_the_telephones_band_unless_left_out(tmp_path: Path) -> None:
    line = "[line]\ntelephone = 1.0\nroom = 0.0\nnoise = 0.0\nclipping = 0.0\npacket_loss = 0.0\n"

    def above_the_band(rows: list[dict[str, str]]) -> float:
        sounds = [soundfile.read(tmp_path / "out" / row["path"])[0] for row in rows]
        spectra = [np.square(np.abs(np.fft.rfft(sound, 16 * SAMPLE_RATE))) for sound in sounds]
        return float(np.median([spectrum[16 * 5000 :].sum() / spectrum.sum() for spectrum in spectra]))

    assert above_the_band(made(tmp_path, ESPEAK + line)) < 1e-5
    assert above_the_band(made(tmp_path, ESPEAK + line, "--clean")) > 1e-3


@needs("espeak-ng")
def test_a_killed_run_goes_on_to_the_clips_of_an_unbroken_one(tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    # The eleventh call, while the file `armed` is there, kills the trainer that made it.
    wrapper = f"""#!/bin/sh
echo >> {tmp_path}/calls
if [ -e {tmp_path}/armed ] && [ $(wc -l < {tmp_path}/calls) -ge 11 ]; then rm {tmp_path}/armed; kill -9 $PPID; fi
exec {shutil.which("espeak-ng")} "$@"
"""
    (programs / "espeak-ng").write_text(wrapper, encoding="utf-8")
    (programs / "espeak-ng").chmod(0o755)
    (tmp_path / "script.toml").write_text(ESPEAK, encoding="utf-8")
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    def run(name: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "trainer.main",
            "synthesize",
            str(tmp_path / "script.toml"),
            "--jobs",
            "1",
            "--clips",
            "2",
        ]
        places = ["--out", str(tmp_path / name), "--cache", str(tmp_path / f"cache-{name}")]
        return subprocess.run([*command, *places], env=environment, capture_output=True, text=True, check=False)

    (tmp_path / "armed").touch()
    assert run("broken").returncode == -9
    assert not (tmp_path / "broken" / "manifest.csv").exists()
    kept = len(list((tmp_path / "cache-broken").rglob("*.flac")))
    assert 0 < kept < 16
    resumed, unbroken = run("broken"), run("unbroken")
    assert (resumed.returncode, unbroken.returncode) == (0, 0), resumed.stderr
    assert f"{kept} from the cache" in resumed.stdout
    for file in ("manifest.csv", *(f"audio/{clip.name}" for clip in (tmp_path / "unbroken" / "audio").iterdir())):
        assert (tmp_path / "broken" / file).read_bytes() == (tmp_path / "unbroken" / file).read_bytes()


@needs("espeak-ng")
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_voice_speaks_and_is_faster_when_told(tmp_path: Path, name: str) -> None:
    engine = engines_or_skip(name).engines[name]
    for voice in engine.voices[:: max(1, len(engine.voices) // 5)]:
        lengths = []
        for speed in (0.8, 1.25):
            folder = tmp_path / f"{voice.name}-{speed}"
            folder.mkdir()
            asked = Utterance("I want to pay my gas & water bill, please.", voice, Delivery(speed))
            (file,) = engine.speak([asked], folder)
            pcm, rate = soundfile.read(file)
            start, end = speech_bounds(pcm.astype(np.float32))
            lengths.append((end - start) / rate)
        assert 1 < lengths[1] < 0.85 * lengths[0] < 6


@needs("espeak-ng")
@needs("piper")
def test_a_batch_of_piper_comes_back_in_order(tmp_path: Path) -> None:
    engine = engines_or_skip("piper").engines["piper"]
    texts = ["no.", "I would like to know how much money there is in my account.", "yes."]
    asked = [Utterance(text, engine.voices[0], Delivery()) for text in texts]
    short, long, last = (soundfile.info(file).duration for file in engine.speak(asked, tmp_path))
    assert long > 2 * max(short, last)


@needs("espeak-ng")
def test_an_engine_that_is_missing_is_told_and_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "espeak-ng").symlink_to(str(shutil.which("espeak-ng")))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_engines("en", {"flite": 1.0, "espeak-ng": 1.0})
    assert set(found.engines) == {"espeak-ng"}
    assert found.missing == ("flite: the program flite is not installed",)
    with pytest.raises(TrainerError, match="no speech engine can speak 'en': flite: the program flite is not"):
        find_engines("en", {"flite": 1.0})


def test_an_unknown_engine_and_a_piper_that_is_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=r"'parrot' is no speech engine: kokoro, hibari, piper"):
        find_engines("en", {"parrot": 1.0})
    with pytest.raises(TrainerError, match=r"--piper .*nowhere is no file"):
        find_engines("en", {"piper": 1.0}, Places(tmp_path / "nowhere"))


def test_an_engine_that_fails_is_quoted() -> None:
    with pytest.raises(EngineFailure, match="sh ended with 3: no such voice"):
        output_of(["sh", "-c", "echo no such voice >&2; exit 3"])
    with pytest.raises(EngineFailure, match="timed out after 0"):
        output_of(["sh", "-c", "read line; exec tail -f /dev/null"], seconds=0.05)


def test_a_factor_on_the_rate_moves_the_pitch_with_it() -> None:
    tone = (0.3 * np.sin(2 * np.pi * 400 * np.arange(22050) / 22050)).astype(np.float32)
    clip = finished((tone, 22050), 1.1, -23.0, np.random.default_rng(1))
    assert np.argmax(np.abs(np.fft.rfft(clip, 10 * SAMPLE_RATE))) / 10 == pytest.approx(440, abs=1)
    start, end = speech_bounds(clip)
    assert (end - start) / SAMPLE_RATE == pytest.approx(1 / 1.1, abs=0.04)


@needs("espeak-ng")
def test_clips_that_somebody_else_talks_into_are_made_anew_when_there_are_others(tmp_path: Path) -> None:
    longer = ESPEAK.replace('"tell me a joke"', '"tell me a joke", "how tall is the tower"') + CROSS_TALK
    (tmp_path / "fresh").mkdir()
    made(tmp_path, ESPEAK + CROSS_TALK)
    rows, fresh = made(tmp_path, longer), made(tmp_path / "fresh", longer)
    assert rows == fresh
    for row in rows:
        assert (tmp_path / "out" / row["path"]).read_bytes() == (tmp_path / "fresh/out" / row["path"]).read_bytes()


@needs("espeak-ng")
def test_other_voices_talk_in_where_the_script_says_so(tmp_path: Path) -> None:
    line = "[line]\ntelephone = 0.0\nroom = 0.0\nnoise = 0.0\nclipping = 0.0\npacket_loss = 0.0\ncross_talk = "
    found = engines_or_skip("espeak-ng")
    sounds = []
    for share in ("0.0", "1.0"):
        out = tmp_path / share
        synthesize(Order(script_of(tmp_path, ESPEAK + line + share)), found, tmp_path / "cache", out)
        rows = (out / "manifest.csv").read_text(encoding="utf-8").splitlines()[1:]
        sounds.append([soundfile.read(out / row.split(",")[0])[0] for row in rows])
    assert sum(not np.allclose(alone, mixed) for alone, mixed in zip(*sounds, strict=True)) > 20
    assert all(len(alone) == len(mixed) for alone, mixed in zip(*sounds, strict=True))
