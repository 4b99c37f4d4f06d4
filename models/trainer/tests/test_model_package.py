"""Packages whose earshot.json was changed by hand."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from trainer.errors import TrainerError
from trainer.model_package import open_package

MODELS = Path(__file__).parents[3] / "models"


@pytest.mark.parametrize("change", [{"state": {"shape": []}}, {"smoothing": {"weight": 0, "decay": 1}}])
def test_what_no_export_writes_is_one_sentence(tmp_path: Path, change: dict[str, Any]) -> None:
    for name in ("earshot.json", "config.json"):
        shutil.copy(MODELS / "banking-intents" / name, tmp_path)
    contract = json.loads((tmp_path / "earshot.json").read_text(encoding="utf-8"))
    (tmp_path / "earshot.json").write_text(json.dumps(contract | change), encoding="utf-8")
    with pytest.raises(TrainerError, match="is no model package as `trainer export` writes it"):
        open_package(tmp_path)
