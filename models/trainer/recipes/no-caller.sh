#!/usr/bin/env bash
# How well a model understands real callers that has heard none: from what others said (transcripts-alone.toml), and from
# sentences of our own (sentences-alone.toml), said again by a neural voice (sentences-hibari.toml), and then from what others
# said (transcripts-hibari.toml); and customers of a coffee bar, from orders of our own (orders-alone.toml).
source "$(dirname "$0")/sources.sh" no-caller

speech banking 1 --clips 3
speech banking-calls 6 --clips 1
speech minds14-au 3
speech minds14-gb 4
speech minds14-translated 5
for words in transcripts sentences; do
  trainer prepare "recipes/$words-alone.toml" --out "$work/$words-data"
  trainer train "$work/$words-data" --recipe "recipes/$words-alone.toml" --out "$work/$words"
  trainer evaluate "$work/$words" --mislabelled recipes/mislabelled.csv
done

# Eight epochs by the system's engines, then five more with the voice that the trainer brings.
spoken banking banking-hibari --seed 22 --engines hibari --clips 1
spoken banking-calls banking-calls-hibari --seed 21 --engines hibari --clips 1
trainer prepare recipes/sentences-hibari.toml --out "$work/hibari-data"
trainer train "$work/hibari-data" --recipe recipes/sentences-hibari.toml --checkpoint "$work/sentences" --out "$work/hibari"
trainer evaluate "$work/hibari" --mislabelled recipes/mislabelled.csv

spoken minds14-au minds14-au-hibari --seed 23 --engines hibari --clips 1
spoken minds14-gb minds14-gb-hibari --seed 24 --engines hibari --clips 1
spoken minds14-translated minds14-translated-hibari --seed 25 --engines hibari --clips 1
trainer prepare recipes/transcripts-hibari.toml --out "$work/hibari-transcripts-data"
trainer train "$work/hibari-transcripts-data" --recipe recipes/transcripts-hibari.toml --checkpoint "$work/hibari" --out "$work/hibari-transcripts"
trainer evaluate "$work/hibari-transcripts" --mislabelled recipes/mislabelled.csv

orders test
speech barista 1
trainer prepare recipes/orders-alone.toml --out "$work/orders-data"
trainer train "$work/orders-data" --recipe recipes/orders-alone.toml --out "$work/orders"
trainer evaluate "$work/orders"

# The same from the weights that the trainer brings, with a neural voice and the quickest of the others.
spoken barista barista-hibari --seed 26 --engines hibari rhvoice pico flite --clips 4
trainer prepare recipes/orders-hibari.toml --out "$work/orders-hibari-data"
trainer train "$work/orders-hibari-data" --recipe recipes/orders-hibari.toml --checkpoint bank-calls --out "$work/orders-hibari"
trainer evaluate "$work/orders-hibari"
