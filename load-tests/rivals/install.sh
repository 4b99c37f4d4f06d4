#!/usr/bin/env bash
# What the Python rivals need, in one command: their environment, a small checkpoint that transformers' pipeline can serve,
# and the package that the trainer exports from it, which our server serves. Needs uv (`pip install uv`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

uv venv --quiet --allow-existing --python 3.11 load-tests/rivals/.venv
uv pip install --quiet --python load-tests/rivals/.venv/bin/python -r load-tests/rivals/requirements.txt
load-tests/rivals/.venv/bin/python models/trainer/scripts/small_wav2vec2.py work/rivals/checkpoint
uv run --quiet --project models/trainer trainer export work/rivals/checkpoint --out work/rivals/models/small-wav2vec2 --variants
