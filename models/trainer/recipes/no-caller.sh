#!/usr/bin/env bash
# How well a model understands real callers that has heard none: from what others said (transcripts-alone.toml), and from
# sentences of our own (sentences-alone.toml).
source "$(dirname "$0")/sources.sh" no-caller

speech banking 1 --clips 3
speech minds14-au 3
speech minds14-gb 4
speech minds14-translated 5
for words in transcripts sentences; do
  trainer prepare "recipes/$words-alone.toml" --out "$work/$words-data"
  trainer train "$work/$words-data" --recipe "recipes/$words-alone.toml" --out "$work/$words"
  trainer evaluate "$work/$words" --mislabelled recipes/mislabelled.csv
done
