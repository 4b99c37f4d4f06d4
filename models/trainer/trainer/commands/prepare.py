"""Brings recordings from any source into one dataset: mono at 16 kHz, a label map, splits that divide no speaker.

A SOURCE is a folder of MInDS-14's (`en-US~PAY_BILL/*.wav`, or parquet files as the hub ships them), a folder in Hugging
Face's `audiofolder` layout, a CSV manifest with the columns path and label (and group, lang, split, transcription) or a
folder with such a manifest.csv, the id of an audio dataset on the hub (PolyAI/minds14), or a recipe (.toml) whose
[[sources]] say all of it."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainer.errors import TrainerError
from trainer.labels import BACKGROUND
from trainer.recipe_file import load_recipe
from trainer.recipe_sources import Source, Splits


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="folder, manifest, hub id, or one recipe")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    reading = parser.add_argument_group("reading")
    reading.add_argument("--config", action="append", default=[], help="language or configuration, such as en-US")
    reading.add_argument("--layout", default="auto", help="auto, minds14, audiofolder, manifest or parquet")
    reading.add_argument("--audio-column", default="audio", help="column of the recordings")
    reading.add_argument("--label-column", default="", help="column of the labels (default: the first usual name)")
    reading.add_argument("--group-column", default="", help="column of speaker or call (default: group, speaker)")
    reading.add_argument(
        "--background", type=Path, action="append", default=[], help="folder of speech and noise that is no intent"
    )
    splitting = parser.add_argument_group("splits")
    splitting.add_argument("--test-size", type=float, help="part to test on (default 0.2; 1: all of it)")
    splitting.add_argument("--validation-size", type=float, default=0.1, help="part to choose and calibrate on")
    splitting.add_argument("--test-config", action="append", default=[], help="test on this language only")
    splitting.add_argument(
        "--test-engine", default="", help="test on what this speech engine spoke of the test split, train without it"
    )
    splitting.add_argument("--split-by", choices=("auto", "group", "clip"), default="auto", help="what stays whole")
    splitting.add_argument(
        "--fold",
        default="",
        help="K/N: test on the Kth of N parts, for cross-validation; of a recipe, in the sources that have a fold",
    )
    splitting.add_argument("--seed", type=int, default=42, help="of the splits")


def run(arguments: Namespace) -> None:
    """Writes the dataset."""
    from trainer.prepare import prepare

    if arguments.sources[0].endswith(".toml"):
        _require_recipe_alone(arguments)
        recipe = load_recipe(arguments.sources[0])
        if not recipe.sources:
            raise TrainerError(
                f"{arguments.sources[0]} has no [[sources]] to prepare: name one there, with path or hub"
            )
        prepare(_folded(recipe.sources, arguments), recipe.background, arguments.out)
        return
    sources = _sources(arguments)
    prepare(sources, (BACKGROUND,) if arguments.background else (), arguments.out)


def _require_recipe_alone(arguments: Namespace) -> None:
    """A TrainerError if other arguments are given beside a recipe, because they would be ignored silently."""
    parser = ArgumentParser()
    configure(parser)
    recipe = arguments.sources[0]
    alone = vars(parser.parse_args([recipe, "--out", str(arguments.out), "--fold", arguments.fold]))
    beside = ["--" + name.replace("_", "-") for name, value in alone.items() if getattr(arguments, name) != value]
    if beside:
        told = ", ".join(beside).replace("--sources", "further sources")
        raise TrainerError(f"{recipe} says everything of its sources: write {told} into it")


def _folded(sources: tuple[Source, ...], arguments: Namespace) -> tuple[Source, ...]:
    """The sources, those that a recipe divides into folds with the fold that the command line names."""
    if not arguments.fold:
        return sources
    if not any(source.splits.fold for source in sources):
        raise TrainerError(
            f"--fold {arguments.fold}: {arguments.sources[0]} divides no source into folds: give one "
            'splits = { fold = "1/5" }'
        )
    return tuple(
        replace(source, splits=replace(source.splits, fold=arguments.fold)) if source.splits.fold else source
        for source in sources
    )


def _sources(arguments: Namespace) -> tuple[Source, ...]:
    splits = _splits(arguments)
    told = Source(
        path=Path(),
        configurations=tuple(arguments.config),
        audio_column=arguments.audio_column,
        label_column=arguments.label_column,
        group_column=arguments.group_column,
        layout=arguments.layout,
        splits=splits,
    )
    named = [replace(told, **_place(name)) for name in arguments.sources]
    beside = replace(splits, test_languages=())
    noises = [
        Source(path=path, layout="folder", label=BACKGROUND, is_noise=True, piece_seconds=10.0, splits=beside)
        for path in arguments.background
    ]
    return (*named, *noises)


def _splits(arguments: Namespace) -> Splits:
    return Splits(
        test_size=arguments.test_size,
        validation_size=arguments.validation_size,
        by=arguments.split_by,
        fold=arguments.fold,
        test_languages=tuple(arguments.test_config),
        test_engine=arguments.test_engine,
        seed=arguments.seed,
    )


def _place(name: str) -> dict[str, Any]:
    """A path if it exists or the name looks like one; otherwise the id of a dataset on the hub."""
    path = Path(name)
    looks_local = path.exists() or name.startswith((".", "/", "~")) or name.count("/") != 1
    return {"path": path.expanduser()} if looks_local else {"path": None, "hub": name}
