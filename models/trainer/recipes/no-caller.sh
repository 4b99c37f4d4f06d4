#!/usr/bin/env bash
# How well a model understands real callers that has heard none: from what others said (transcripts-alone.toml), and from
# sentences of our own (sentences-alone.toml), said again by a neural voice (sentences-hibari.toml), and then from what others
# said (transcripts-hibari.toml); and customers of a coffee bar, from orders of our own (orders-alone.toml, orders-hibari.toml).
source "$(dirname "$0")/sources.sh" no-caller

# again NAME SEED: every sentence of intents/NAME.toml once more, by the neural voice that the trainer brings.
again() { spoken "$1" "$1-hibari" --seed "$2" --engines hibari --clips 1; }

# trained RECIPE OPTION…: prepares what recipes/RECIPE.toml says and trains on it, into work/no-caller/RECIPE.
trained() {
  trainer prepare "recipes/$1.toml" --out "$work/$1-data"
  learned "$work/$1" "$work/$1-data" --recipe "recipes/$1.toml" "${@:2}"
}

# heard_by_callers RECIPE OPTION…: trained, and heard by callers from the US.
heard_by_callers() {
  trained "$@"
  trainer evaluate "$work/$1" --mislabelled recipes/mislabelled.csv
}

speech banking 1 --clips 3
speech banking-calls 6 --clips 1
speech minds14-au 3
speech minds14-gb 4
speech minds14-translated 5
heard_by_callers transcripts-alone
heard_by_callers sentences-alone

# Eight epochs by the system's engines and piper, then five more with the neural voice, and five of what others said.
again banking 22
again banking-calls 21
again minds14-au 23
again minds14-gb 24
again minds14-translated 25
heard_by_callers sentences-hibari --checkpoint "$work/sentences-alone"
heard_by_callers transcripts-hibari --checkpoint "$work/sentences-hibari"

orders test
speech barista 1
trained orders-alone
trainer evaluate "$work/orders-alone"

# The same from the weights that the trainer brings, with a neural voice and the quickest of the others.
spoken barista barista-hibari --seed 26 --engines hibari rhvoice pico flite --clips 4
trained orders-hibari --checkpoint bank-calls
trainer evaluate "$work/orders-hibari"
