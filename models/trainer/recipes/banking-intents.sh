#!/usr/bin/env bash
# Reproduces models/banking-intents from the recordings in ../shared/data beside the repository.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TQDM_MININTERVAL=10
recipe=recipes/banking-intents.toml
work=work/banking-intents
trainer() { uv run --locked trainer "$@"; }

trainer prepare "$recipe" --out "$work/prepared"

# Temperature and threshold: trained without the calibration clips of Australia and Great Britain, fitted on them.
trainer train "$recipe" --prepared "$work/prepared" --out "$work/calibrated"
trainer evaluate --checkpoint "$work/calibrated" --prepared "$work/prepared" --split calibration --calibrate

# The figures: trained on all of Australia and Great Britain, heard by US callers.
trainer train "$recipe" --prepared "$work/prepared" --out "$work/measured" --splits train calibration
trainer evaluate --checkpoint "$work/measured" --prepared "$work/prepared" --split test \
  --calibration "$work/calibrated/calibration.json"

# The shipped weights: the same recipe on every recording.
trainer train "$recipe" --prepared "$work/prepared" --out "$work/shipped" --splits train calibration test
trainer export "$recipe" --checkpoint "$work/shipped" --calibration "$work/calibrated/calibration.json" \
  --metrics "$work/measured/metrics.json" --out ../banking-intents
