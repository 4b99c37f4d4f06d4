"""Evaluates a run's checkpoint on one split, and writes figures, pictures and a report to RUN/evaluation.

Several runs count together, each on its own dataset: the folds of a cross-validation, or seeds of one recipe. One
calibration is fitted for all of them, and the result goes to --out.

For another split than test, for noise and for a law, the folder's name says so: RUN/evaluation-validation,
RUN/evaluation-mulaw and so on.

Temperature and out-of-scope threshold are fitted on the dataset's validation split and saved as calibration.json, which
export puts into the package.

A package that export wrote is evaluated as a server runs it, with its own calibration, on any dataset with labels that
it knows (--data; the results then go to DATA/evaluation-NAME).
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument(
        "run_folders", type=Path, nargs="+", metavar="RUN", help="folder written by train, or one package"
    )
    parser.add_argument("--data", type=Path, help="dataset written by prepare, if not the one that RUN was trained on")
    parser.add_argument("--split", default="test", choices=("test", "validation", "train"), help="what is heard")
    parser.add_argument("--calibration", type=Path, metavar="FILE", help="calibration.json to use instead of fitting")
    parser.add_argument(
        "--most-false-finals",
        type=float,
        metavar="N",
        help="fit a threshold that announces at most N an hour of the validation split's background",
    )
    parser.add_argument("--precision", choices=("fp32", "fp16", "int8"), help="of a package (default: fp32)")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="folder (default for one run: RUN/evaluation, for another split, noise or law RUN/evaluation-…)",
    )
    parser.add_argument("--noise", type=Path, metavar="FILE", help="recording of noise to hear every clip through")
    parser.add_argument("--snr-db", type=float, help="how much louder than --noise speech is (default: 12)")
    parser.add_argument("--law", choices=("mulaw", "alaw"), help="hear every clip as 8 kHz in this law leaves it")
    parser.add_argument(
        "--mislabelled",
        type=Path,
        metavar="CSV",
        help="columns path, believed, why: report also without these clips",
    )
    parser.add_argument("--threads", type=int, default=1, help="CPU threads")


def run(arguments: Namespace) -> None:
    """Evaluates and prints the headline."""
    # Imported late, so that --help does not wait for PyTorch.
    import torch

    from trainer.errors import TrainerError
    from trainer.evaluate import evaluate
    from trainer.evaluation import Evaluation
    from trainer.ranges import require_range
    from trainer.report import headline_lines
    from trainer.report_sections import flattered_lines

    require_range("--threads", arguments.threads, 1)
    if arguments.snr_db is not None and arguments.noise is None:
        raise TrainerError(f"--snr-db {arguments.snr_db:g} needs --noise FILE, a recording of the noise to hear")
    torch.set_num_threads(arguments.threads)
    evaluation = Evaluation(
        run=arguments.run_folders[0],
        others=tuple(arguments.run_folders[1:]),
        split=arguments.split,
        data=arguments.data,
        calibration=arguments.calibration,
        out=arguments.out,
        noise=arguments.noise,
        **({} if arguments.snr_db is None else {"snr_db": arguments.snr_db}),
        law=arguments.law,
        mislabelled=arguments.mislabelled,
        precision=arguments.precision,
        most_false_finals=arguments.most_false_finals,
    )
    figures = evaluate(evaluation)
    print("\n".join([*flattered_lines(figures), *headline_lines(figures)]))
    print(f"Everything is in {evaluation.folder}: start with report.md.")
