#!/usr/bin/env bash
# How well customers are understood whose orders were not trained on: five folds of Picovoice's benchmark, learned from with
# synthesised orders. Each report tells of "customers"; "en" is the fifth of the synthesised orders in the same test split.
source "$(dirname "$0")/sources.sh" five-folds-drinks

orders
speech barista 1
for fold in 1 2 3 4 5; do
  trainer prepare "$work/orders.csv" work/speech/barista/intents.csv --fold "$fold/5" --out "$work/fold-$fold-data"
  learned "$work/fold-$fold" "$work/fold-$fold-data" --recipe earshot --checkpoint bank-calls --set training.epochs=5 \
    --set augmentation.synthesised_copies=1 --set seed=17
  trainer evaluate "$work/fold-$fold"
done
