#!/usr/bin/env bash
# Reproduces models/banking-intents from the recordings in ../shared/data beside the repository.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TQDM_MININTERVAL=10
recipe=recipes/banking-intents.toml
work=work/banking-intents
trainer() { uv run --locked trainer "$@"; }

trainer prepare "$recipe" --out "$work/prepared"

# The recipe without the calibration clips: its temperature and threshold, and the figures on the US callers.
trainer train "$recipe" --prepared "$work/prepared" --out "$work/measured"
trainer evaluate --checkpoint "$work/measured" --prepared "$work/prepared" --split calibration --calibrate
trainer evaluate --checkpoint "$work/measured" --prepared "$work/prepared" --split test \
  --calibration "$work/measured/calibration.json"

# The shipped weights: the same recipe on every recording.
trainer train "$recipe" --prepared "$work/prepared" --out "$work/shipped" --splits train calibration test
trainer export "$recipe" --checkpoint "$work/shipped" --calibration "$work/measured/calibration.json" \
  --metrics "$work/measured/metrics.json" --out ../banking-intents
