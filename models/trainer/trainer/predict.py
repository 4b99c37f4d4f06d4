"""Compares the scores of transformers, the exported graph and a running server for the same audio."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from trainer.columns import Listen, graph_column, pipeline_column, torch_column
from trainer.comparison import Comparison
from trainer.errors import TrainerError
from trainer.framing import Framing
from trainer.model_package import ModelPackage, open_package
from trainer.passage import Passage, everything, one_second
from trainer.server_client import ServerVerdict, ask_server

MOST_DIFFERENCE = 1e-3
NO_SPEECH = "the server heard no speech: too quiet, or never clearly louder than its quietest part; choose with --start"


@dataclass(frozen=True)
class PredictRequest:
    """Which recordings to compare, and what to ask beside the graph; `start` is in seconds."""

    package: Path
    files: tuple[Path, ...]
    checkpoint: str | None
    server: str | None
    start: float | None
    top_k: int
    as_json: bool


def predict(request: PredictRequest) -> None:
    """Compares and prints; scores that differ, or a server that heard no speech, are a TrainerError at the end."""
    if not 1 <= request.top_k <= 100:
        raise TrainerError(f"--top-k {request.top_k} is outside 1–100")
    package = open_package(request.package)
    take = everything if package.state_floats else one_second
    passages = [take(file, request.start) for file in request.files]
    listeners = _listeners(package, request.checkpoint)
    comparisons = [
        compare(passage, package, listeners, request.server)
        for passage in tqdm(passages, desc="predict", unit="file", disable=None)
    ]
    _tell(comparisons, package, request)
    _require_agreement(comparisons)


def compare(passage: Passage, package: ModelPackage, listeners: Mapping[str, Listen], server: str | None) -> Comparison:
    """Runs every listener on the part of the passage that the server reports as its first utterance.

    Without a server, or if it heard no speech, they run on all of the passage.
    """
    framing = Framing(package.hop_ms)
    first, frames, remark = 0, framing.count(len(passage.pcm)), None
    heard = _ask(server, package, passage) if server else None
    if heard:
        first = max(0, -(-(heard.first_end_ms - 1000) // package.hop_ms))
        remark = None if heard.frames == frames else _part_heard(first, heard.frames, passage, framing)
        frames = heard.frames
    elif server:
        remark = NO_SPEECH
    pcm = passage.pcm[first * framing.hop_samples :]
    columns = {name: listen(pcm, frames) for name, listen in listeners.items()}
    return Comparison(passage, {**columns, "server": heard.scores} if heard else columns, remark)


def _ask(server: str, package: ModelPackage, passage: Passage) -> ServerVerdict | None:
    heard = ask_server(server, package.name, passage.pcm)
    if heard and heard.version != package.version:
        raise TrainerError(f"the server at {server} serves {package.name} {heard.version}, this is {package.title}")
    return heard


def _part_heard(first: int, frames: int, passage: Passage, framing: Framing) -> str:
    begin = first * framing.hop_ms / 1000
    end = framing.end_ms(len(passage.pcm))[first + frames - 1] / 1000
    return f"all columns are about {begin:g}–{end:.2f} s of that, the server's first utterance"


def _listeners(package: ModelPackage, checkpoint: str | None) -> dict[str, Listen]:
    graph = {"graph": graph_column(package)}
    if checkpoint is None:
        return graph
    if package.state_floats:
        return {"PyTorch": torch_column(checkpoint, package), **graph}
    return {"pipeline": pipeline_column(checkpoint, package), **graph}


def _tell(comparisons: list[Comparison], package: ModelPackage, request: PredictRequest) -> None:
    if request.as_json:
        files = [comparison.as_json(package.labels) for comparison in comparisons]
        print(json.dumps({"package": package.title, "temperature": package.temperature, "files": files}, indent=2))
        return
    print(f"{package.title}: scores are softmax(logits / {package.temperature:.4g}) in every column, as served")
    asked = {"--checkpoint": request.checkpoint, "--server": request.server}
    absent = [option for option, value in asked.items() if value is None]
    if absent:
        print(f"without {' and '.join(absent)} there is no column for it")
    for comparison in comparisons:
        print("\n".join(["", *comparison.lines(package.labels, request.top_k)]))


def _require_agreement(comparisons: list[Comparison]) -> None:
    problems = []
    for each in comparisons:
        if not each.difference <= MOST_DIFFERENCE:
            problems.append(f"{each.passage.file} differs by {each.difference:.2g} (allowed {MOST_DIFFERENCE:g})")
        if each.remark == NO_SPEECH:
            problems.append(f"{each.passage.file}: {NO_SPEECH}")
    if problems:
        raise TrainerError("; ".join(problems))
