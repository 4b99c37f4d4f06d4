"""Labels that may be meant as one are told."""

import pytest

from trainer.labels import Labels

SLIPS = [("pay_bil", "pay_bill"), ("freeze", "freze"), ("balance", "balanse"), ("joint_account", "jiont_account")]
MEANT = [("order", "order_status"), ("plan_1", "plan_2"), ("plan_1", "plan_12"), ("tea", "teas"), ("latte", "lotto")]


@pytest.mark.parametrize("pair", SLIPS)
def test_two_labels_that_differ_in_one_letter_are_told(pair: tuple[str, str]) -> None:
    one, other = sorted(pair)
    assert Labels.of([*pair, "greeting"], ()).doubts() == [
        f"The labels {one!r} and {other!r} differ in one letter: if it is a slip, give both the same name."
    ]


@pytest.mark.parametrize("pair", MEANT)
def test_labels_that_are_meant_to_differ_are_not(pair: tuple[str, str]) -> None:
    assert Labels.of(pair, ()).doubts() == []
