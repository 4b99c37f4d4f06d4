"""Files of sentences are read strictly, and every clip's words and voice depend on the seed alone."""

from collections import Counter
from pathlib import Path

import pytest
from speaking import ToneEngine, installed, script_of

from trainer.errors import TrainerError
from trainer.synthesis.casting import Casting, Part
from trainer.synthesis.chance import generator
from trainer.synthesis.clips import write_manifest
from trainer.synthesis.engine import Delivery, Utterance, Voice
from trainer.synthesis.lines import filled, of_labels, script_lines
from trainer.synthesis.script import Speech
from trainer.synthesis.wording import spoken
from trainer.tables import read_csv

HEAD = '[intents.pay_bill]\nsentences = ["I want to pay my {bill} bill"]\n[slots]\nbill = ["gas", "water", "power"]\n'
OUTSIDE = "[out_of_scope]\nsentences = [" + ", ".join(f'"what is thing number {n}"' for n in range(200)) + "]\n"
SURE = Speech(greeting=1, hesitation=1, pause=1, correction=1)
NEVER = Speech(greeting=0, hesitation=0, pause=0, correction=0)

BAD_SCRIPTS = [
    (HEAD + "[speech]\ncolour = 1\n", r"script.toml: unknown key speech.colour"),
    (HEAD + "[intents.balance]\nsentence = []\n", "unknown key intents.balance.sentence"),
    ('[intents.pay_bill]\nsentences = ["a", 3]\n', r"intents.pay_bill.sentences\[1\] must be str, not 3"),
    ("intents = 3\n", "intents must be a table, not 3"),
    (HEAD + 'bills = "x"\n', "slots.bills must be a list, not 'x'"),
    (HEAD + "empty = []\n", "slots.empty must list values"),
    (HEAD + 'nested = ["a {size} one"]\n', "slots.nested has a value with braces, 'a {size} one'"),
    (HEAD + '[background]\nsentences = ["hello", "?!"]\n', r"background.sentences\[1\], '\?!', says nothing"),
    (HEAD + "[out_of_scope]\nsentences = []\n", "out_of_scope.sentences is empty: write at least one"),
    ("[intents.cancel]\nsentences = []\n", "intents.cancel.sentences is empty: write at least one"),
    (HEAD + "[[transcripts]]\n", r"missing key transcripts\[0\].file"),
    (HEAD + "[speech]\nspeed = [1.2, 0.8]\n", r"speech.speed \[1.2, 0.8\] must be two numbers, the lower first"),
    (HEAD + "[speech]\nspeed = [0.1, 0.8]\n", "must be within 0.5–2"),
    (HEAD + "[speech]\nlevel = [19, 29]\n", "speech.level .* is in dB below full scale: it must not be above 0"),
    (HEAD + "[speech]\npause = 2\n", "speech.pause 2 must be from 0 to 1"),
    (HEAD + "[speech]\nclips = 0\n", "speech.clips 0 must be at least 1"),
    (HEAD + "[speech]\ngroup = 'label'\n", "speech.group 'label' is none of sentence, voice"),
    (HEAD + "[speech]\ngreetings = []\n", "speech.greetings is empty"),
    (HEAD + "[speech]\nspeed = [nan, 1.0]\n", r"speech.speed \[nan, 1.0\] must be two numbers"),
    (HEAD + "[line]\nnoise = -1\n", "line.noise -1 must be from 0 to 1"),
    ("language = 'en'\n", "there is nothing to say"),
    (HEAD + '[intents." "]\nsentences = ["hello"]\n', "an intent's name is empty"),
]


@pytest.mark.parametrize(("text", "message"), BAD_SCRIPTS)
def test_a_bad_script_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TrainerError, match=message):
        script_of(tmp_path, text)


def test_a_label_is_one_however_its_accents_are_spelled(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("transcription,label\na flat white,cafe\u0301\n", encoding="utf-8")
    spelled = '[intents."caf\u00e9"]\nsentences = ["an espresso"]\n[intents."cafe\u0301"]\nsentences = ["a latte"]\n'
    lines = script_lines(script_of(tmp_path, spelled + '[[transcripts]]\nfile = "calls.csv"\n'))
    assert {line.label for line in lines} == {"caf\u00e9"}
    assert len(of_labels(lines, ["cafe\u0301"])) == 3


def test_an_unknown_slot_is_named_with_its_sentence(tmp_path: Path) -> None:
    script = script_of(tmp_path, '[intents.pay_bill]\nsentences = ["pay my {bil} bill"]\n[slots]\nbill = ["gas"]\n')
    with pytest.raises(TrainerError, match=r"the sentence 'pay my \{bil\} bill' has the slot 'bil'; known slots: bill"):
        script_lines(script)
    half = script_of(tmp_path, '[intents.pay_bill]\nsentences = ["pay my {bill bill"]\n')
    with pytest.raises(TrainerError, match=r"the sentence 'pay my \{bill bill' has a brace without its other half"):
        script_lines(half)


def test_a_slot_goes_through_all_its_values_before_one_returns(tmp_path: Path) -> None:
    script = script_of(tmp_path, HEAD)
    (line,) = script_lines(script)
    heard = [filled(line, script, clip) for clip in range(6)]
    assert set(heard[:3]) == {f"I want to pay my {bill} bill" for bill in ("gas", "water", "power")}
    assert heard[3:] == heard[:3]


def test_a_manifest_names_a_clip_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    script = script_of(tmp_path, HEAD)
    part = Part(script_lines(script)[0], 0, Utterance("pay my bill", Voice("tone", "low", "low"), Delivery()), 1.0)
    (tmp_path / "audio").mkdir()
    write_manifest([part, part, part], ["audio/a.wav", "audio/b.wav", "audio/a.wav"], script, tmp_path)
    assert [row["path"] for row in read_csv(tmp_path / "manifest.csv", set())] == ["audio/a.wav", "audio/b.wav"]


def test_a_sentence_has_a_group_whatever_fills_its_slots(tmp_path: Path) -> None:
    script = script_of(tmp_path, HEAD + OUTSIDE)
    groups = [line.group for line in script_lines(script)]
    assert len(set(groups)) == 201


def test_half_of_what_is_out_of_scope_is_for_validation_and_stays_there(tmp_path: Path) -> None:
    lines = script_lines(script_of(tmp_path, HEAD + OUTSIDE))
    splits = Counter(line.split for line in lines if line.label == "background")
    assert 80 <= splits["validation"] <= 120
    assert splits["train"] == 200 - splits["validation"]
    fewer = script_lines(script_of(tmp_path, HEAD + '[out_of_scope]\nsentences = ["what is thing number 7"]\n'))
    assert fewer[1] in lines


def test_transcripts_come_from_the_rows_asked_for(tmp_path: Path) -> None:
    rows = "text,intent,lang\nmy {card} is  lost,freeze,en-AU\nhello,freeze,en-US\nmy card is gone,freeze,en-GB\n"
    (tmp_path / "calls.csv").write_text(rows, encoding="utf-8")
    source = '[[transcripts]]\nfile = "calls.csv"\ntext_column = "text"\nlabel_column = "intent"\n'
    script = script_of(tmp_path, source + 'where = { lang = ["en-AU", "en-GB"] }\n')
    lines = script_lines(script)
    assert [(line.text, line.label) for line in lines] == [
        ("my {card} is lost", "freeze"),
        ("my card is gone", "freeze"),
    ]
    assert filled(lines[0], script, 0) == "my {card} is lost"
    with pytest.raises(TrainerError, match=r"calls.csv: no row has .*en-NZ"):
        script_lines(script_of(tmp_path, source + 'where = { lang = ["en-NZ"] }\n'))
    (tmp_path / "calls.csv").write_text("intent,text\nfreeze\n", encoding="utf-8")
    with pytest.raises(TrainerError, match=r"calls.csv, line 2: text and intent must not be empty"):
        script_lines(script_of(tmp_path, source))
    with pytest.raises(TrainerError, match=r"lacks the column region"):
        script_lines(script_of(tmp_path, source + 'where = { region = ["x"] }\n'))


@pytest.mark.parametrize("number", range(20))
def test_wording_leaves_the_sentence_in_it(number: int) -> None:
    said = spoken("I would like to pay my gas bill", SURE, generator(number))
    added = {word for each in (*SURE.hesitations, *SURE.greetings) for word in each.replace(",", "").split()}
    words = [word.strip(",.") for word in said.split() if word.strip(",.") not in added]
    assert " ".join(words).endswith("I would like to pay my gas bill")
    assert said.startswith(tuple(f"{greeting}," for greeting in SURE.greetings))
    assert any(f"{hesitation}," in said for hesitation in SURE.hesitations)
    assert said.endswith(".")


def test_wording_that_never_happens_changes_nothing_but_the_end() -> None:
    assert spoken("what is my balance?", NEVER, generator(1)) == "what is my balance?"
    assert spoken("my balance", NEVER, generator(1)) == "my balance."


def test_nobody_greets_twice() -> None:
    assert spoken("hello I lost my card", Speech(greeting=1, hesitation=0, pause=0, correction=0), generator(1)) == (
        "hello I lost my card."
    )


def test_casting_depends_on_the_line_alone(tmp_path: Path) -> None:
    script, engines = script_of(tmp_path, HEAD + OUTSIDE), installed(ToneEngine("one", 5), ToneEngine("two", 5))
    lines = script_lines(script)
    forwards = [Casting(script, engines, 3).part(line, 1) for line in lines]
    backwards = [Casting(script, engines, 3).part(line, 1) for line in reversed(lines)]
    assert forwards == backwards[::-1]
    assert forwards != [Casting(script, engines, 4).part(line, 1) for line in lines]


def test_each_sentence_hears_the_engines_in_their_shares(tmp_path: Path) -> None:
    script = script_of(tmp_path, HEAD + OUTSIDE + "[speech]\nclips = 6\n")
    casting = Casting(script, installed(ToneEngine("one"), ToneEngine("two")), 1)
    for line in script_lines(script)[:20]:
        heard = Counter(casting.part(line, number).utterance.voice.engine for number in range(6))
        assert heard == {"one": 3, "two": 3}


def test_by_voice_the_voices_of_validation_speak_nothing_else(tmp_path: Path) -> None:
    script = script_of(tmp_path, HEAD + OUTSIDE + '[speech]\ngroup = "voice"\n')
    casting = Casting(script, installed(ToneEngine("one", 6), ToneEngine("two", 1)), 1)
    speakers: dict[bool, set[str]] = {True: set(), False: set()}
    for line in script_lines(script):
        for number in range(5):
            voice = casting.part(line, number).utterance.voice
            speakers[line.split == "validation"].add(voice.speaker)
    assert speakers[True]
    assert len(speakers[False]) > len(speakers[True])
    assert not speakers[True] & speakers[False]


def test_by_voice_there_must_be_voices_to_hold_out(tmp_path: Path) -> None:
    script = script_of(tmp_path, HEAD + OUTSIDE + '[speech]\ngroup = "voice"\n')
    with pytest.raises(TrainerError, match="needs an engine with four voices"):
        Casting(script, installed(ToneEngine("one", 3)), 1)
