"""Audio datasets of the hub: loaded by id with Hugging Face's `datasets`, or from local parquet files."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from datasets import Audio, ClassLabel, Dataset, load_dataset
from datasets.exceptions import DatasetGenerationError
from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from trainer.audio import UnreadableAudio
from trainer.errors import TrainerError, first_line
from trainer.recipe_sources import Source
from trainer.sources.recording import SPLIT_NAMES, Recording, without_lone_split

LABEL_COLUMNS = ("intent_class", "label", "labels", "intent", "class")
# MInDS-14's class ids in their published order (Gerz et al. 2021), for parquet files without feature types.
MINDS14_INTENTS = (
    *("abroad", "address", "app_error", "atm_limit", "balance", "business_loan", "card_issues"),
    *("cash_deposit", "direct_debit", "freeze", "high_value_payment", "joint_account", "latest_transactions"),
    "pay_bill",
)


def read_hub_dataset(source: Source) -> list[Recording]:
    """Loads all splits of each configuration of a hub dataset.

    A TrainerError if the hub cannot be reached or has no such dataset.
    """
    assert source.hub is not None
    recordings: list[Recording] = []
    for configuration in source.configurations or (None,):
        try:
            _require_hub(source.hub)
            loaded = load_dataset(source.hub, configuration)
        except DatasetGenerationError as error:
            raise TrainerError(
                f"{source.hub!r} ships loose audio files: fetch it with `hf download --repo-type dataset {source.hub} "
                "--local-dir FOLDER` and prepare FOLDER"
            ) from error
        except (OSError, ValueError, HfHubHTTPError, OfflineModeIsEnabled) as error:
            here = "" if Path(source.hub).exists() else "; nor is there a folder of this name here"
            raise TrainerError(f"cannot load {source.hub!r} from the hub: {first_line(error)}{here}") from error
        for split, rows in loaded.items():
            recordings.extend(_from_rows(rows, source, configuration or "", split))
    return without_lone_split(recordings)


def _require_hub(name: str) -> None:
    """An OSError if the hub does not answer, and no dataset of this name was fetched before.

    It is asked once: `load_dataset` asks again for half a minute before it fails.
    """
    if Path(name).exists() or constants.is_offline_mode():
        return
    with suppress(HfHubHTTPError):  # an answer, of which load_dataset says what it means
        snapshot_download(name, repo_type="dataset", allow_patterns="README.md")


def read_parquet(source: Source) -> list[Recording]:
    """Local parquet files as the hub ships them: `en-US/train-00000-of-00001.parquet`, or any `SPLIT-….parquet`."""
    assert source.path is not None
    root = source.path
    recordings: list[Recording] = []
    for file in [root] if root.is_file() else sorted(root.rglob("*.parquet")):
        configuration = "" if file.parent == root or root.is_file() else file.parent.name
        if source.configurations and configuration not in source.configurations:
            continue
        try:
            rows = Dataset.from_parquet(str(file))
        except (OSError, ValueError, DatasetGenerationError) as error:
            raise TrainerError(f"cannot read {file}: {first_line(error)}") from error
        assert isinstance(rows, Dataset)
        recordings.extend(_from_rows(rows, source, configuration, file.stem.split("-")[0]))
    return without_lone_split(recordings)


def _from_rows(rows: Dataset, source: Source, configuration: str, split: str) -> Iterator[Recording]:
    audio, label = source.audio_column, _label_column(rows, source)
    if audio not in rows.column_names:
        raise TrainerError(
            f"{source.where} has no column {audio!r}: say --audio-column with one of {', '.join(rows.column_names)}"
        )
    if source.group_column and source.group_column not in rows.column_names:
        raise TrainerError(
            f"{source.where} has no column {source.group_column!r}: say --group-column with one of "
            f"{', '.join(rows.column_names)}"
        )
    if isinstance(rows.features[audio], Audio):
        rows = rows.cast_column(audio, Audio(decode=False))
    elif not isinstance(rows.features[audio], dict) or "bytes" not in rows.features[audio]:
        raise TrainerError(
            f"{source.where}: the column {audio!r} holds no audio as the hub ships it, bytes and path: cast it to Audio"
        )
    names = _label_names(rows, label)
    for index, row in enumerate(rows.remove_columns(audio)):
        yield Recording(
            name=str(row.get("path") or row.get("file") or f"{configuration or split}-{index:06d}"),
            label=_label(row[label], names, f"{source.where}, row {index} of {split}, column {label!r}"),
            open=_opener(rows, audio, index),
            group=str(row.get(source.group_column or "group") or row.get("speaker_id") or row.get("speaker") or ""),
            language=configuration or _language(rows, row),
            split=SPLIT_NAMES.get(split, "train"),
            transcription=str(row.get("transcription") or ""),
        )


def _opener(rows: Dataset, column: str, index: int) -> Callable[[], Path | BytesIO]:
    def opened() -> Path | BytesIO:
        audio = rows[index][column] or {}
        if audio.get("bytes") is None and not audio.get("path"):
            raise UnreadableAudio("its row holds no audio")
        return Path(audio["path"]) if audio.get("bytes") is None else BytesIO(audio["bytes"])

    return opened


def _label_column(rows: Dataset, source: Source) -> str:
    wanted = (source.label_column,) if source.label_column else LABEL_COLUMNS
    found = next((name for name in wanted if name in rows.column_names), None)
    if found is None:
        raise TrainerError(
            f"{source.where} has no column {' or '.join(wanted)}: say --label-column with one of "
            f"{', '.join(rows.column_names)}"
        )
    return found


def _label(value: Any, names: tuple[str, ...], where: str) -> str:
    """The name of a label; a row without one is a TrainerError (`datasets` uses −1 for unlabelled rows)."""
    is_named = not names or (isinstance(value, int) and 0 <= value < len(names))
    if value is None or not str(value).strip() or not is_named:
        raise TrainerError(f"{where}: {value!r} is no label: leave the row out, or give it one")
    return names[value] if names else str(value)


def _label_names(rows: Dataset, column: str) -> tuple[str, ...]:
    feature = rows.features[column]
    if isinstance(feature, ClassLabel):
        return tuple(feature.names)
    is_minds14 = column == "intent_class" and feature.dtype.startswith("int")
    return MINDS14_INTENTS if is_minds14 else ()


def _language(rows: Dataset, row: dict[str, Any]) -> str:
    feature = rows.features.get("lang_id")
    return str(feature.int2str(row["lang_id"])) if isinstance(feature, ClassLabel) else ""
