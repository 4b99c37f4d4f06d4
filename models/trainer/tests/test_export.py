"""A graph that answers otherwise than its model is never written."""

import json
import logging
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trainer import export
from trainer.calibration import Calibration
from trainer.errors import TrainerError
from trainer.export import Exported, export_package
from trainer.framing import Framing, Samples
from trainer.golden import synthesise, write_golden
from trainer.labels import Labels
from trainer.listening import Smoothing
from trainer.onnx_graph import REGISTRATION, Floats, Signature, UnfaithfulGraph, write_onnx
from trainer.package import Card

CARD = Card("door", "0.1.0", "d", Labels(("open", "close"), ()), Calibration(), Smoothing(), hop_ms=500)


class Loudness(nn.Module):
    """Two logits from the level of the frame."""

    def __init__(self, offset: float = 0.0) -> None:
        super().__init__()
        self.offset = offset

    def forward(self, pcm: Tensor) -> Tensor:
        level = pcm.abs().mean(dim=-1, keepdim=True)
        return torch.cat([level, 1 - level], dim=-1) + self.offset


class Neighbourly(Loudness):
    """Loudness, compared with the loudest row of the batch."""

    def forward(self, pcm: Tensor) -> Tensor:
        return super().forward(pcm / pcm.abs().max())


class Remembering(Loudness):
    """Loudness with a state, which a streaming graph has as a second input."""

    def forward(self, pcm: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        return super().forward(pcm) + state, state + 1


def exported(graph: nn.Module) -> Exported:
    return Exported(graph, Signature(state_floats=0), config={}, preprocessor={})


def test_a_faithful_graph_is_written_whole(tmp_path: Path) -> None:
    export_package(exported(Loudness()), CARD, ("open the door please",), tmp_path / "door")
    written = sorted(file.name for file in (tmp_path / "door").iterdir())
    assert written == ["README.md", "config.json", "earshot.json", "golden", "model.onnx", "preprocessor_config.json"]


def test_an_export_warns_of_nothing_that_nobody_need_act_on(tmp_path: Path) -> None:
    told: list[str] = []
    registration, handler = logging.getLogger(REGISTRATION), logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    registration.addHandler(handler)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        write_onnx(Remembering(), Signature(state_floats=2), tmp_path / "model.onnx")
    registration.removeHandler(handler)
    assert [*told, *(str(each.message) for each in warned if each.category is UserWarning)] == []


def test_a_draft_is_no_package_to_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def card(*_: object) -> str:
        assert len(list(tmp_path.glob(".door.draft/*"))) == 4
        assert not list(tmp_path.rglob("earshot.json"))
        return "# door"

    monkeypatch.setattr(export, "model_card", card)
    export_package(exported(Loudness()), CARD, ("open the door please",), tmp_path / "door")
    assert (tmp_path / "door" / "README.md").read_text() == "# door"


def test_a_graph_that_differs_from_its_model_writes_no_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_wrong(graph: nn.Module, signature: Signature, file: Path) -> None:
        write_onnx(Loudness(offset=0.01), signature, file)

    monkeypatch.setattr(export, "write_onnx", write_wrong)
    with pytest.raises(UnfaithfulGraph, match="logits of row 0 alone differs"):
        export_package(exported(Loudness()), CARD, (), tmp_path / "door")
    assert list(tmp_path.iterdir()) == []


def test_a_graph_whose_rows_depend_on_their_neighbours_writes_no_package(tmp_path: Path) -> None:
    with pytest.raises(UnfaithfulGraph, match="in a batch differs"):
        export_package(exported(Neighbourly()), CARD, (), tmp_path / "door")
    assert list(tmp_path.iterdir()) == []


def test_every_golden_sentence_has_a_name_of_its_own(tmp_path: Path) -> None:
    sentences = ("send 5 pizzas", "send 7 pizzas", "你好", "send 5, pizzas")
    export_package(exported(Loudness()), CARD, sentences, tmp_path / "door")
    golden = json.loads((tmp_path / "door" / "earshot.json").read_text())["golden"]
    names = [Path(each["expected"]).stem for each in golden]
    assert names == ["send-5-pizzas", "send-7-pizzas", "golden", "send-5-pizzas-2"]


def test_a_golden_sentence_may_be_long_or_look_like_an_option(tmp_path: Path) -> None:
    framing = Framing(1000)

    def silent(pcm: Samples) -> list[Floats]:
        return [np.zeros(2, np.float32)] * framing.count(len(pcm))

    name = write_golden(tmp_path, "please " * 60, silent, framing)
    assert (tmp_path / f"{name}.wav").exists()
    assert len(name) <= 100
    assert len(synthesise("--version")) > 8000


def test_a_golden_sentence_that_cannot_be_spoken_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "espeak-ng"
    engine.write_text("#!/bin/sh\nexit 3\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(TrainerError, match=r"espeak-ng cannot speak the golden sentence 'open': .* exit status 3"):
        synthesise("open")


def test_a_failed_export_leaves_the_package_before_it_alone(tmp_path: Path) -> None:
    (tmp_path / "door").mkdir()
    (tmp_path / "door" / "earshot.json").write_text("{}")
    with pytest.raises(UnfaithfulGraph):
        export_package(exported(Neighbourly()), CARD, (), tmp_path / "door")
    assert (tmp_path / "door" / "earshot.json").read_text() == "{}"
