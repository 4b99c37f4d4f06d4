#!/usr/bin/env bash
# Makes models/large/banking-intents-large from what banking-intents.sh hears, through the encoder of Moonshine tiny.
source "$(dirname "$0")/sources.sh" banking-intents
large="recipes/banking-intents-large.toml"

calls
learned "$work/large" "$work/data" --recipe "$large" --precision bf16 --set seed=17

# What was measured is what ships: it has never heard the callers from the US that its figures are from.
trainer evaluate "$work/large" --mislabelled recipes/mislabelled.csv
trainer export "$work/large" --recipe "$large" --out ../large/banking-intents-large --variants
