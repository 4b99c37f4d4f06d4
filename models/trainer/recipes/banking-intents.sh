#!/usr/bin/env bash
# Makes models/banking-intents from weights/bank-calls, the recordings in ../shared/data beside the repository, and sentences.
source "$(dirname "$0")/sources.sh" banking-intents

talk banking 1 --clips 3
talk banking-calls 6 --clips 1
speech minds14-au 3
speech minds14-gb 4
speech minds14-translated 5
trainer prepare "$recipe" --out "$work/data"
callers() { trainer train "$work/data" --recipe "$recipe" --checkpoint bank-calls "$@"; }

# The figures and the calibration: Australia and Great Britain, a tenth of them held out; heard by US callers.
callers --out "$work/measured"
trainer evaluate "$work/measured" --mislabelled recipes/mislabelled.csv

# The shipped weights: the same recipe on every recording, with the calibration and the figures of what was measured.
callers --set 'training.train_on=["train", "validation", "test"]' --out "$work/shipped"
trainer export "$work/shipped" --recipe "$recipe" --evaluation "$work/measured/evaluation" --out ../banking-intents --variants
