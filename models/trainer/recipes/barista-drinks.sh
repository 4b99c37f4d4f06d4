#!/usr/bin/env bash
# Makes models/barista-drinks from the recordings in ../shared/data beside the repository, and from sentences.
set -euo pipefail
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TQDM_MININTERVAL=10
source recipes/sources.sh
recipe=recipes/barista-drinks.toml
work=work/barista-drinks
data="$PWD/../../../shared/data/barista"
mkdir -p "$work"

awk -F, -v folder="$data/audio" 'NR == 1 { print "path,label" } NR > 1 { print folder "/" $1 "," $2 }' \
  "$data/labels.csv" >"$work/orders.csv"
speech intents/barista.toml "$work/speech"
trainer prepare "$recipe" --out "$work/data"

# The figures and the calibration, clean and in the noise of a kitchen that nothing was trained on.
trainer train "$work/data" --recipe "$recipe" --out "$work/measured"
trainer evaluate "$work/measured"
for snr in 24 12 6; do
  trainer evaluate "$work/measured" --noise "$data/kitchen.noise.flac" --snr-db "$snr" --out "$work/measured/noise-$snr"
done

# The shipped weights: the same recipe on every recording.
trainer train "$work/data" --recipe "$recipe" --set 'training.train_on=["train", "validation", "test"]' --out "$work/shipped"
trainer export "$work/shipped" --recipe "$recipe" --evaluation "$work/measured/evaluation" --out ../barista-drinks
