"""Turns a file of sentences into a folder of labelled speech with a manifest and a report."""

from dataclasses import dataclass
from pathlib import Path

from trainer.files import claimed, require_folder, require_space
from trainer.synthesis.casting import Casting
from trainer.synthesis.clips import Studio, require_ours, write_clips, write_manifest
from trainer.synthesis.installed import Installed
from trainer.synthesis.lines import of_labels, script_lines
from trainer.synthesis.rehearsal import first_clips, rehearse
from trainer.synthesis.script import Script
from trainer.synthesis.speech_cache import SpeechCache
from trainer.synthesis.spoken_report import SpokenReport

# A clip of ten seconds, and its copy in the cache.
BYTES_A_CLIP = 500_000


@dataclass(frozen=True)
class Order:
    """What to synthesise; `is_clean` leaves out the effects of the line, `jobs` is the number of parallel workers."""

    script: Script
    seed: int = 1
    is_clean: bool = False
    jobs: int = 1
    labels: tuple[str, ...] = ()  # none: all


def synthesize(order: Order, installed: Installed, cache_folder: Path, folder: Path) -> SpokenReport:
    """Writes `audio/*.wav`, then `manifest.csv` and `report.md`.

    A run that was killed continues from the cache and the folder. The manifest depends only on the script, the seed,
    the labels and the installed engines: if only some labels are spoken, their rows are the same as if all were.
    """
    script, jobs = order.script, order.jobs
    everything = script_lines(script)
    lines = of_labels(everything, order.labels)
    require_ours(folder)
    require_folder(cache_folder, "--cache")
    require_space(folder, BYTES_A_CLIP * script.speech.clips * len(lines), "the spoken clips")
    cache = SpeechCache(cache_folder, {name: engine.version for name, engine in installed.engines.items()})
    casting = Casting(script, installed, order.seed)
    studio = Studio(script, order.seed, order.is_clean, cache)
    with claimed(folder, folder):
        rehearsed = rehearse(lines, casting, cache, jobs)
        others = first_clips(studio.others(everything), casting, cache, jobs)
        paths = write_clips(rehearsed.parts, others, studio, folder, jobs)
        write_manifest(rehearsed.parts, paths, script, folder)
        report = SpokenReport(rehearsed, installed, folder, tuple(paths))
        report.save(f"seed {order.seed}, {'without' if order.is_clean else 'with'} the line")
    return report
