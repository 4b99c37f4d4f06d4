"""report.md says what metrics.json holds, plainly."""

from typing import Any

import pytest
from evaluations import figures_of, heard_of, sure_of

from trainer.calibration import Calibrated, Calibration
from trainer.model_card import model_card
from trainer.pictures.draw import PICTURES
from trainer.report import report

CONTRACT = {
    "name": "drinks",
    "version": "0.1.0",
    "description": "",
    "background": ["background"],
    "state": None,
    "hop_ms": {"default": 500},
    "temperature": 1.0,
    "out_of_scope": {"threshold": 0.5},
    "provenance": {},
}


@pytest.fixture(scope="module")
def mixed() -> dict[str, Any]:
    """Figures of five intents, of which two are answered rightly, and one background clip."""
    said_and_answered = ((0, 0), (0, 1), (1, 0), (1, 0), (2, 2), (3, 3))
    return figures_of(heard_of(*((said, [sure_of(answered)]) for said, answered in said_and_answered)))


def calibrated_by(figures: dict[str, Any], calibrated: Calibrated) -> dict[str, Any]:
    return {**figures, "calibration": calibrated.as_figures()}


def test_the_headline_tells_accuracy_and_its_interval(mixed: dict[str, Any]) -> None:
    low, high = mixed["at_the_end"]["intervals"]["accuracy"]
    said = "**40.0% of 5 clips with an intent are answered rightly at their end**"
    assert f"{said} (95 % interval {low:.1%} to {high:.1%})" in report(mixed)


def test_the_first_three_are_told_only_of_more_than_three_intents(mixed: dict[str, Any]) -> None:
    mixed = {**mixed, "without_mislabelled": {"left_out": [], **mixed["at_the_end"]}}
    more = {**mixed, "per_class": {**mixed["per_class"], "rent": mixed["per_class"]["loan"]}}
    for figures, times in ((mixed, 0), (more, 2)):
        text = report(figures)
        assert (text.count("among the first three"), text.count("| top 3 |")) == (times, times)
        assert model_card(CONTRACT | {"metrics": figures}, ["balance"]).count("| top 3 |") == times
        assert "| and one second of silence | 0.400" in text
    assert mixed["at_the_end"]["top3_accuracy"] > 0


def test_a_label_ends_no_cell_and_no_row_of_a_table(mixed: dict[str, Any]) -> None:
    strange = {**mixed, "per_class": {"a|b\nc": mixed["per_class"]["loan"]}}
    assert "\n| a\\|b c | " in report(strange)


def test_groups_are_told_only_where_they_are_known(mixed: dict[str, Any]) -> None:
    assert "6 clips in 6 groups (clips of one call), " in report(mixed)
    assert "6 clips, each a group of its own, since speakers" in report({**mixed, "knows_groups": False})


def test_how_each_interval_was_made_is_told(mixed: dict[str, Any]) -> None:
    told = report(mixed).rpartition("## How this was measured")[2]
    for kind in ("95 % percentile bootstrap intervals over 1000", "(Clopper and Pearson)", "per hour is the exact one"):
        assert kind in told


def test_confusions_come_most_frequent_first(mixed: dict[str, Any]) -> None:
    text = report(mixed)
    assert text.index("| freeze | balance | 2 |") < text.index("| balance | freeze | 1 |")


def test_only_drawn_pictures_are_embedded(mixed: dict[str, Any]) -> None:
    text = report(mixed, PICTURES[:2])
    assert [f"]({name})" in text for name in PICTURES] == [True, True, False, False]


def test_a_missing_calibration_is_said_plainly(mixed: dict[str, Any]) -> None:
    assert "**Not calibrated**: the dataset has no validation split" in report(mixed)


def test_a_calibration_that_a_handful_of_clips_would_spoil_is_said_to_be_the_default(mixed: dict[str, Any]) -> None:
    few = Calibrated(Calibration(), "default", 3, 1)
    said = "**Not calibrated**: the 3 clips of the validation split are too few. Temperature 1, "
    assert said in report(calibrated_by(mixed, few))
    unsure = Calibrated(Calibration(), "fitted", 30, 1, is_temperature_fitted=False)
    assert "**the temperature is the default**, because among them no" in report(calibrated_by(mixed, unsure))


def test_figures_on_the_clips_that_calibrated_are_said_to_flatter(mixed: dict[str, Any]) -> None:
    fitted = calibrated_by(mixed, Calibrated(Calibration(0.8, 0.3), "fitted", 6, 1))
    texts = (report({**fitted, "split": split}) for split in ("validation", "test"))
    assert ["the same clips that are measured here" in text for text in texts] == [True, False]


def test_a_threshold_that_could_not_be_fitted_is_said_to_be_the_default(mixed: dict[str, Any]) -> None:
    fitted = (Calibrated(Calibration(0.8), "fitted", 6, outside) for outside in (0, 1, 6))
    texts = (report(calibrated_by(mixed, each)) for each in fitted)
    assert ["**the threshold is the default**" in text for text in texts] == [True, False, True]


def test_where_background_leads_the_first_of_the_intents_is_told_as_well() -> None:
    figures = figures_of(heard_of((0, [[0.38, 0.01, 0.01, 0.6]]), (1, [[0.01, 0.19, 0.3, 0.5]])))
    assert "| 10 s | 0.000 | 0.000–0.842 | 0.500 |" in report(figures)
    assert "first of the intents" not in report({**figures, "background": []})
    contract = CONTRACT | {"metrics": figures}
    assert "| the first 10 s | 0.000 | 0.500 |" in model_card(contract, ["balance"])
    assert "| the first 10 s | 0.000 |\n" in model_card(contract | {"background": []}, ["balance"])


def test_figures_of_what_was_trained_on_are_said_to_flatter() -> None:
    figures = {**figures_of(heard_of((0, [sure_of(0)]))), "trained_on": ["test", "validation"]}
    sentence = "**The run was trained on `test` and `validation`: figures, or what was fitted there, flatter.**"
    assert sentence in report(figures)
    assert sentence in model_card(CONTRACT | {"metrics": figures}, ["balance"])


def test_a_card_says_that_variants_were_compared_on_golden_utterances_alone(mixed: dict[str, Any]) -> None:
    figures = {**mixed, "variants": [{"precision": "int8", "left_out": "it has 5 MiB, no less than fp32"}]}
    card = model_card(CONTRACT | {"metrics": figures, "golden": [{}, {}, {}]}, ["balance"])
    assert "every frame of the golden\nutterances alone (3, synthesised): real speech may lose more." in card


def test_what_was_not_measured_is_said() -> None:
    assert "has no background clips" in report(figures_of(heard_of((0, [sure_of(0)]))))
    assert "None of the 1 clips has an intent" in report(figures_of(heard_of((3, [sure_of(3)]))))
