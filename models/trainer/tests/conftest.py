"""Recordings and label sets that tests make for themselves."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from trainer.main import main


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the file that takes longest, two minutes, first: at the end, the other workers would wait for it."""
    items.sort(key=lambda item: item.path.name != "test_story.py")


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """A folder of six short WAVs at 8 kHz, two labels, with a manifest."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    random = np.random.default_rng(3)
    lines = ["path,label,group"]
    for index in range(6):
        soundfile.write(folder / f"{index}.wav", random.normal(0, 0.1, 8000 + 1000 * index), 8000)
        lines.append(f"{index}.wav,{'open' if index % 2 else 'close'},caller-{index // 2}")
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def data(recordings: Path, tmp_path: Path) -> Path:
    """The dataset prepared from these recordings: one of them to test on, one to validate."""
    folder = tmp_path / "data"
    source = str(recordings / "manifest.csv")
    assert main(["prepare", source, "--split-by", "clip", "--test-size", "0.17", "--out", str(folder)]) == 0
    return folder
