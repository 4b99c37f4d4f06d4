#!/usr/bin/env bash
# Makes models/banking-intents from weights/bank-calls, the recordings in ../shared/data beside the repository, and sentences.
source "$(dirname "$0")/sources.sh" banking-intents

calls

# callers NAME [OPTION…]: a training for each of two seeds, side by side because each takes one core, and the mean of both.
callers() {
  printf '%s\n' 17 18 | xargs -P 2 -I SEED bash -ec 'learned "$@"' learned "$work/$1-SEED" "$work/data" --recipe "$recipe" \
    --checkpoint bank-calls --jobs 1 --set seed=SEED "${@:2}"
  rm -rf "${work:?}/$1"
  trainer average "$work/$1"-{17,18} --out "$work/$1"
}

# The figures and the calibration: Australia and Great Britain, a tenth of them held out; heard by US callers.
callers measured
trainer evaluate "$work/measured" --mislabelled recipes/mislabelled.csv

# The shipped weights: the same recipe on every recording, with the calibration and the figures of what was measured.
callers shipped --set 'training.train_on=["train", "validation", "test"]'
trainer export "$work/shipped" --recipe "$recipe" --evaluation "$work/measured/evaluation" --out ../banking-intents --variants int8
