"""The pictures show the numbers of metrics.json."""

import re
import struct
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from evaluations import figures_of, heard_of, sure_of
from matplotlib.colors import to_rgba

from trainer.pictures.confusion import confusion_picture
from trainer.pictures.draw import PICTURES, draw_pictures
from trainer.pictures.earliness import earliness_picture
from trainer.pictures.learning_curves import learning_curves
from trainer.pictures.reliability import reliability_picture

HISTORY = [
    {"epoch": 0.5, "step": 5, "loss": 2.0, "grad_norm": 1.0},
    {"epoch": 1.0, "step": 10, "eval_loss": 1.5, "eval_accuracy": 0.4},
    {"epoch": 1.5, "step": 15, "loss": 1.0},
    {"epoch": 2.0, "step": 20, "eval_loss": 1.2, "eval_accuracy": 0.6},
    {"epoch": 2.0, "step": 20, "train_loss": 1.5, "train_runtime": 9.0},
]


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    random = np.random.default_rng(8)
    clips = [(index % 4, random.dirichlet(np.ones(4), 12).tolist()) for index in range(24)]
    return figures_of(heard_of(*clips))


def test_the_earliness_curve_is_the_accuracy_after_each_second(figures: dict[str, Any]) -> None:
    picture = earliness_picture(figures)
    assert picture is not None
    [axes] = picture.axes
    curve, among, end, chance = axes.lines
    assert dict(curve.get_xydata().tolist()) == {
        float(key): value for key, value in figures["after_seconds_heard"].items()
    }
    assert among.get_ydata().tolist() == list(figures["after_seconds_heard_among_intents"].values())
    assert end.get_ydata()[0] == figures["at_the_end"]["accuracy"]
    assert chance.get_ydata()[0] == pytest.approx(1 / 3)
    band = {tuple(point) for point in axes.collections[0].get_paths()[0].vertices.tolist()}
    for seconds, ends in figures["after_seconds_heard_intervals"].items():
        assert {(float(seconds), ends[0]), (float(seconds), ends[1])} <= band


def test_a_split_without_an_interval_has_a_curve_without_a_band() -> None:
    picture = earliness_picture(figures_of(heard_of((0, [sure_of(0)]))))
    assert picture is not None
    assert len(picture.axes[0].collections) == 0
    assert picture.axes[0].lines[0].get_ydata().tolist() == [1.0] * 8


def test_the_confusion_matrix_numbers_every_cell_that_is_not_empty(figures: dict[str, Any]) -> None:
    axes = confusion_picture(figures["confusion"]).axes[0]
    counts = np.array(figures["confusion"]["counts"])
    shown = {(text.get_position()[1], text.get_position()[0]): int(text.get_text()) for text in axes.texts}
    assert shown == {(said, answered): counts[said, answered] for said, answered in np.argwhere(counts).tolist()}
    np.testing.assert_allclose(axes.images[0].get_array(), counts / counts.sum(axis=1, keepdims=True))
    assert [tick.get_text() for tick in axes.yaxis.get_ticklabels()] == figures["confusion"]["labels"]
    assert [tick.get_text() for tick in axes.xaxis.get_ticklabels()] == figures["confusion"]["labels"]


def test_two_hundred_labels_are_apart_and_neither_long_nor_odd_ones_spoil_the_matrix() -> None:
    names = ["$_x$", "pay " * 50, *(f"intent number {index}" for index in range(198))]
    picture = confusion_picture({"labels": names, "counts": np.eye(200).tolist()})
    picture.draw_without_rendering()
    boxes = [label.get_window_extent() for label in picture.axes[0].yaxis.get_ticklabels()]
    assert all(above.y0 >= below.y1 for above, below in pairwise(boxes))
    assert picture.axes[0].get_position().width > 0.6


def test_numbers_stand_out_from_their_cells() -> None:
    shares = np.diag(np.arange(5, 105, 5)) + np.diag(np.arange(95, 0, -5), k=1)
    axes = confusion_picture({"labels": list("abcdefghijklmnopqrst"), "counts": shares.tolist()}).axes[0]
    [image] = axes.images
    for text in axes.texts:
        answered, said = text.get_position()
        cell = image.cmap(image.norm(image.get_array()[int(said), int(answered)]))
        assert contrast(to_rgba(text.get_color()), cell) > 4.5


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2's contrast ratio."""

    def luminance(colour: tuple[float, ...]) -> float:
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_reliability_diagram_is_that_of_the_bins(figures: dict[str, Any]) -> None:
    upper, lower = reliability_picture(figures).axes
    for line, key in zip(upper.lines[1:], ("uncalibrated", "calibrated"), strict=True):
        expected = [[each["confidence"], each["accuracy"]] for each in figures["reliability"][key]]
        assert line.get_xydata().tolist() == expected
    assert sum(bar.get_height() for bar in lower.patches) == 2 * figures["clips"]


def test_learning_curves_are_the_log_over_epochs() -> None:
    picture = learning_curves(HISTORY)
    assert picture is not None
    losses, accuracy = picture.axes
    assert [line.get_xydata().tolist() for line in losses.lines] == [[[0.5, 2], [1.5, 1]], [[1, 1.5], [2, 1.2]]]
    assert accuracy.lines[0].get_xydata().tolist() == [[1, 0.4], [2, 0.6]]


@pytest.mark.parametrize("history", [[], [{"epoch": 2.0, "train_loss": 1.5}]])
def test_a_log_without_losses_has_no_picture(history: list[dict[str, Any]]) -> None:
    assert learning_curves(history) is None


def test_every_picture_is_a_png_of_its_canvas(figures: dict[str, Any], tmp_path: Path) -> None:
    assert draw_pictures(tmp_path, figures, HISTORY) == list(PICTURES)
    for name in PICTURES:
        head = (tmp_path / name).read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", head[16:24])
        assert 700 <= width <= 2500
        assert 500 <= height <= 2500


def test_letters_that_the_usual_font_lacks_are_drawn_in_another_or_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Of these letters DejaVu Sans has the first, STIXGeneral, which comes with matplotlib too, the second."""
    names = ["a", chr(0x1D7FF), chr(0x10FFFD)]
    picture = confusion_picture({"labels": names, "counts": np.eye(3, dtype=int).tolist()})
    assert f"no installed font has the letters {names[2]}: " in capsys.readouterr().out
    with pytest.warns(UserWarning, match="missing from font") as missing:
        picture.savefig(BytesIO())
    assert {re.findall(r"Glyph (\d+)", str(each.message))[0] for each in missing} == {str(0x10FFFD)}
