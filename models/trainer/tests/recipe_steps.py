"""A `uv` for the recipes' scripts: takes what the trainer takes, wants what it reads, leaves what ends a step."""

import shutil
import socketserver
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import TrainerError
from trainer.evaluation import Evaluation
from trainer.main import command_line
from trainer.recipe_file import load_recipe
from trainer.run_folder import STATE, begin_run, is_ended, require_new, require_same
from trainer.synthesis.installed import chosen
from trainer.synthesis.script import load_script
from trainer.weights import WEIGHTS

# Asks the test, which has everything imported, over a socket; prints the error that it answers, if it answers one.
UV = """#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/{port}"
printf '%s\\n' "$#" "$@" >&3
IFS= read -r error <&3
[ -z "$error" ] || {{ echo "$error" >&2; exit 1; }}
"""
CLIPS = "path,label,group,lang,split\na.wav,an_intent,,en,\nb.wav,background,,en,\n"


class Steps:
    """The steps of a script that runs in the current folder.

    `done` are the command lines that came to their end, `begun` and `resumed` the runs that were trained; `cut` are the
    trainings, counted from 1, that are cut short.
    """

    def __init__(self) -> None:
        self.done: list[list[str]] = []
        self.begun: list[Path] = []
        self.resumed: list[Path] = []
        self.cut: set[int] = set()

    def take(self, line: list[str]) -> None:
        """Does one command line of uv; a TrainerError if it cannot be done."""
        words = _of_uv(line)
        if words[0] != "trainer":
            _require(words[0])
            _leave(Path(words[1]), "config.json", "model.safetensors", "preprocessor_config.json")
        else:
            arguments = _parsed(words[1:])
            if arguments.command == "train":
                self._train(arguments)
            else:
                STEPS[arguments.command](arguments)
        self.done.append(words)

    def _train(self, arguments: Namespace) -> None:
        """Leaves a run as it is when it has begun, and, unless it is cut, as it is when it has ended."""
        run = arguments.out
        is_begun = (run / "run.json").exists()
        _begin(arguments, is_begun)
        if is_ended(run):
            return
        (self.resumed if is_begun else self.begun).append(run)
        if len(self.begun) + len(self.resumed) in self.cut:
            raise TrainerError("cut short")
        shutil.copyfile(WEIGHTS / "bank-calls" / "config.json", run / "config.json")
        _leave(run, "model.safetensors", STATE)


@contextmanager
def standing_in(folder: Path) -> Iterator[Steps]:
    """Puts the program `uv` into a folder, and does its steps until the block ends."""
    steps, one_by_one = Steps(), threading.Lock()

    class Asked(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = [self._word() for _ in range(int(self._word()))]
            with one_by_one:
                try:
                    steps.take(line)
                    answer = ""
                except TrainerError as error:
                    answer = str(error)
            self.wfile.write(f"{answer}\n".encode())

        def _word(self) -> str:
            return self.rfile.readline().decode().removesuffix("\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Asked) as server:
        (folder / "uv").write_text(UV.format(port=server.server_address[1]), encoding="utf-8")
        (folder / "uv").chmod(0o755)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield steps
        server.shutdown()


def _of_uv(line: list[str]) -> list[str]:
    """The program that uv is to run, with its arguments."""
    match line:
        case ["run", "--locked", "--extra", "teacher", *words]:
            return words
        case ["run", "--locked", script, *words] if script.endswith(".py"):
            return [script, *words]
    raise TrainerError(f"uv {' '.join(line)}: not one of the ways in which the scripts call the trainer")


def _parsed(words: list[str]) -> Namespace:
    try:
        return command_line().parse_args(words)
    except SystemExit as error:
        raise TrainerError(f"the trainer does not take {' '.join(words)}") from error


def _require(*files: Path | str | None) -> None:
    for file in files:
        if file is not None and not Path(file).exists():
            raise TrainerError(f"no earlier step made {file}, and it does not lie there")


def _leave(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("{}", encoding="utf-8")


def _synthesize(arguments: Namespace) -> None:
    script = load_script(arguments.sentences)
    chosen(arguments.engines or [])
    _require(*(source.file for source in script.transcripts))
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "manifest.csv").write_text(CLIPS, encoding="utf-8")


def _prepare(arguments: Namespace) -> None:
    if arguments.sources[0].endswith(".toml"):
        sources = load_recipe(arguments.sources[0]).sources
        if arguments.fold and not any(source.splits.fold for source in sources):
            raise TrainerError(f"{arguments.sources[0]} divides no source into folds")
        _require(*(source.path for source in sources))
    else:
        _require(*arguments.sources)
    _leave(arguments.out, "prepared.json")


def _begin(arguments: Namespace, is_begun: bool) -> None:
    _require(arguments.data / "prepared.json")
    recipe = load_recipe(arguments.recipe, arguments.set, arguments.checkpoint)
    if arguments.checkpoint:
        _require(Path(str(recipe.begins_with)) / "model.safetensors")
    told = {"precision": arguments.precision}
    if is_begun:
        require_same(arguments.out, recipe, told)
    else:
        require_new(arguments.out)
        begin_run(arguments.out, recipe, told)


def _average(arguments: Namespace) -> None:
    require_new(arguments.out)
    _require(*(run / STATE for run in arguments.runs))
    _leave(arguments.out, "run.json", "model.safetensors")


def _evaluate(arguments: Namespace) -> None:
    first, *others = arguments.run_folders
    _require(*(run / "model.safetensors" for run in arguments.run_folders))
    _require(arguments.calibration, arguments.noise, arguments.mislabelled)
    told = Evaluation(first, tuple(others), out=arguments.out, noise=arguments.noise)
    _leave(told.folder, "calibration.json", "report.md", "metrics.json")


def _export(arguments: Namespace) -> None:
    run = Path(arguments.checkpoint)
    evaluation = arguments.evaluation or run / "evaluation"
    _require(run / "model.safetensors", evaluation / "calibration.json", evaluation / "metrics.json")
    load_recipe(arguments.recipe, arguments.set)
    _leave(arguments.out, "earshot.json")


STEPS: dict[str, Callable[[Namespace], None]] = {
    "synthesize": _synthesize,
    "prepare": _prepare,
    "average": _average,
    "evaluate": _evaluate,
    "export": _export,
}
