"""What to evaluate, on which recordings, and where the result goes."""

from dataclasses import dataclass
from pathlib import Path

from trainer.candidate import is_package
from trainer.errors import TrainerError
from trainer.prepared import EVALUATION
from trainer.ranges import require_range
from trainer.run_folder import told_of

MOST_DB = 100.0


@dataclass(frozen=True)
class Evaluation:
    """What to evaluate; for a run, the defaults of `data`, `calibration` and `out` follow from the run.

    `run` may also be a package: then its own calibration is used, and `data` must be given. With `others`, further runs
    of the same labels, all clips of all runs count together, under one calibration, and `out` must be given.
    `most_false_finals` limits the false finals in an hour of the background that the threshold is fitted on.
    """

    run: Path
    others: tuple[Path, ...] = ()
    split: str = "test"
    data: Path | None = None
    calibration: Path | None = None
    out: Path | None = None
    noise: Path | None = None
    snr_db: float = 12.0
    law: str | None = None
    mislabelled: Path | None = None
    cut_padding: bool = False
    precision: str | None = None
    most_false_finals: float | None = None

    def __post_init__(self) -> None:
        require_range("--snr-db", self.snr_db, -MOST_DB, MOST_DB)
        if self.others and self.out is None:
            raise TrainerError(f"{len(self.runs)} runs are evaluated together: name a folder for the result with --out")
        if len({run.resolve() for run in self.runs}) < len(self.runs):
            raise TrainerError("a run is named twice: what it answered would count twice")
        for package in filter(is_package, self.runs if self.others else ()):
            raise TrainerError(f"{package} is a package, with a calibration of its own: evaluate it by itself")
        if self.most_false_finals is not None:
            require_range("--most-false-finals", self.most_false_finals, 0)
            if self.calibration or is_package(self.run):
                raise TrainerError("--most-false-finals fits a threshold: a given one, or a package's, stays as it is")

    @property
    def runs(self) -> tuple[Path, ...]:
        """All runs."""
        return (self.run, *self.others)

    @property
    def folder(self) -> Path:
        """The output folder.

        Other splits, codecs and noise have folders of their own, because `export` must use an evaluation of what a
        server gets.
        """
        if self.out is not None:
            return self.out
        others = [self.split] if self.split != "test" else []
        others += [self.law] if self.law else []
        others += [f"{self.noise.stem}-{self.snr_db:g}db"] if self.noise else []
        if not is_package(self.run):
            return self.run / "-".join([EVALUATION, *others])
        # Nothing is written into a package: it may be served at the same time.
        by = [self.run.resolve().name, *([self.precision] if self.precision else [])]
        return self.dataset / "-".join([EVALUATION, *by, *others])

    @property
    def dataset(self) -> Path:
        """The dataset to evaluate the (first) run on."""
        return self.dataset_of(self.run)

    def dataset_of(self, run: Path) -> Path:
        """The dataset to evaluate a run on: `data`, or else the one that it was trained on."""
        if self.data is not None:
            return self.data
        if is_package(run):
            raise TrainerError(f"{run} is a package: name a dataset to hear, written by prepare, with --data")
        told = told_of(run).get("data")
        if told is None:
            raise TrainerError(f"{run / 'run.json'} does not tell the dataset: name its folder with --data")
        return Path(told)
