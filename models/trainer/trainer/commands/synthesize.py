"""Speaks sentences with every free speech engine that is installed: WAVs and a manifest that `prepare` takes.

SENTENCES is TOML: [intents.NAME] with sentences, [slots], [background], [out_of_scope], [[transcripts]] of a CSV,
[speech] for voices and wording, [line] for what the telephone line does to them.
"""

import os
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path


def configure(parser: ArgumentParser) -> None:
    """Adds the arguments."""
    parser.add_argument("sentences", type=Path, metavar="SENTENCES.toml", help="what to say")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; a run that was killed goes on there")
    parser.add_argument("--seed", type=int, default=1, help="of every choice")
    parser.add_argument("--clips", type=int, help="clips a sentence (default: the script's, else 5)")
    parser.add_argument("--labels", nargs="+", default=[], metavar="NAME", help="what to speak of it (default: all)")
    parser.add_argument("--clean", action="store_true", help="leave the line out: training adds one of its own")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at a time (default: the cores)")
    parser.add_argument("--cache", type=Path, help="folder of what was spoken before (default: in the user's cache)")
    parser.add_argument(
        "--engines", nargs="+", metavar="NAME", help="who speaks (default: the script's, else everyone)"
    )
    parser.add_argument("--piper", type=Path, metavar="PROGRAM", help="the program piper, where it is not on the path")
    parser.add_argument(
        "--piper-voice", type=Path, action="append", default=[], metavar="VOICE.onnx", help="a voice for piper"
    )
    parser.add_argument(
        "--kokoro", type=Path, metavar="FOLDER", help="what scripts/fetch-kokoro.sh made: 28 voices more"
    )


def run(arguments: Namespace) -> None:
    """Writes the folder."""
    from trainer.synthesis.installed import Places, chosen, find_engines
    from trainer.synthesis.script import load_script
    from trainer.synthesis.speech_cache import default_cache
    from trainer.synthesis.synthesize import Order, synthesize

    script = load_script(arguments.sentences)
    if arguments.clips is not None:
        script = replace(script, speech=replace(script.speech, clips=arguments.clips))
    places = Places(arguments.piper, tuple(arguments.piper_voice), arguments.kokoro)
    wanted = chosen(arguments.engines) if arguments.engines else script.speech.engines
    installed = find_engines(script.language, wanted, places)
    for sentence in installed.missing:
        print(f"without {sentence}")
    order = Order(script, arguments.seed, arguments.clean, max(1, arguments.jobs), tuple(arguments.labels))
    print(synthesize(order, installed, arguments.cache or default_cache(), arguments.out).summary())
