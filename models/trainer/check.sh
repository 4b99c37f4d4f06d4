#!/usr/bin/env bash
# Everything that must hold before a change lands: locked environment, lint, format, types, tests.
set -euo pipefail
cd "$(dirname "$0")"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" HF_HUB_OFFLINE=1
uv sync --locked --quiet
uv run --locked ruff check
uv run --locked ruff format --check
uv run --locked mypy
# A file a worker: most of a file's time is in fixtures that its tests share. In the order of conftest.py: by their number of
# tests the longest file would begin last.
uv run --locked pytest -n auto --dist loadfile --no-loadscope-reorder
