#!/usr/bin/env bash
# How well callers are understood whose calls were not trained on: five folds of MInDS-14, calls kept whole, learned from with
# what callers in four other countries said, in other voices.  Each report tells of the callers by language, en-AU, en-GB and
# en-US; en is the fifth of the synthesised clips that falls into the same test split.
source "$(dirname "$0")/sources.sh" five-folds

speech minds14-translated 5
for fold in 1 2 3 4 5; do
  trainer prepare "$data/minds14" work/speech/minds14-translated/intents.csv --fold "$fold/5" --out "$work/fold-$fold-data"
  learned "$work/fold-$fold" "$work/fold-$fold-data" --recipe earshot --checkpoint bank-calls --set training.epochs=5 \
    --set seed=17 --precision bf16
  trainer evaluate "$work/fold-$fold"
done
