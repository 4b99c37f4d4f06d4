#!/usr/bin/env bash
# Makes models/barista-drinks from the recordings in ../shared/data beside the repository, and from sentences.
source "$(dirname "$0")/sources.sh" barista-drinks
data="$PWD/../../../shared/data/barista"

orders
speech barista 1
trainer prepare "$recipe" --out "$work/data"

# The figures and the calibration, clean and in the noise of a kitchen that nothing was trained on.
trainer train "$work/data" --recipe "$recipe" --out "$work/measured"
trainer evaluate "$work/measured"
for snr in 24 12 6; do
  trainer evaluate "$work/measured" --noise "$data/kitchen.noise.flac" --snr-db "$snr" --out "$work/measured/noise-$snr"
done

# What was measured is what ships: it has never heard the recordings that its figures are from.
trainer export "$work/measured" --recipe "$recipe" --evaluation "$work/measured/evaluation" --out ../barista-drinks
