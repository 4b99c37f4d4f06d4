#!/usr/bin/env bash
# Makes models/banking-intents from the recordings in ../shared/data beside the repository, and from sentences.
source "$(dirname "$0")/sources.sh" banking-intents

speech banking 1 --clips 3
speech minds14-au 3
speech minds14-gb 4
speech minds14-translated 5
trainer prepare "$recipe" --out "$work/data"

# Half precision is twice as fast where the CPU has matrix units (AMX); elsewhere leave it out.
# The figures and the calibration: Australia and Great Britain, a tenth of them held out; heard by US callers.
trainer train "$work/data" --recipe "$recipe" --precision bf16 --out "$work/measured"
trainer evaluate "$work/measured" --mislabelled recipes/mislabelled.csv

# The shipped weights: the same recipe on every recording, with the calibration and the figures of what was measured.
trainer train "$work/data" --recipe "$recipe" --precision bf16 --set 'training.train_on=["train", "validation", "test"]' --out "$work/shipped"
trainer export "$work/shipped" --recipe "$recipe" --evaluation "$work/measured/evaluation" --out ../banking-intents --variants
