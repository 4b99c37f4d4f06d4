#!/usr/bin/env bash
# The figures on real speech in README.md: the guide's recipe and ours. work/real-speech keeps what was trained and measured, so
# that it goes on where it was interrupted.
source "$(dirname "$0")/sources.sh" real-speech

# prepared NAME SOURCE… : prepares a dataset, each time: the same recordings give the same, and others are noticed.
prepared() { trainer prepare "${@:2}" --out "$work/$1"; }

# heard FOLDER RUN OPTION…: evaluates once. The last file written is metrics.json.
heard() { [ -f "$1/metrics.json" ] || trainer evaluate "${@:2}" --out "$1"; }

# measured NAME DATA OPTION… : trains and evaluates once.
measured() {
  learned "$work/$1" "$work/$2" "${@:3}"
  heard "$work/$1/evaluation" "$work/$1"
}

# Ours: whole utterances, begun with the weights that the trainer brings, which have heard no recording.
ours=(--recipe earshot --checkpoint bank-calls --set training.epochs=5)

# The guide's recipe on the guide's split of en-US, on a small Wav2Vec2 from a random start.
[ -f "$work/small/preprocessor_config.json" ] || uv run --locked scripts/small_wav2vec2.py "$work/small"
prepared guide-data "$data/minds14" --config en-US --split-by clip --validation-size 0
measured guide guide-data --recipe guide --checkpoint "$work/small"

# The same split, ours.
measured guide-split-earshot guide-data "${ours[@]}"

# Australia and Great Britain to the US.
prepared us-data "$data/minds14" --test-config en-US
measured us us-data "${ours[@]}"
measured us-guide us-data --recipe guide --checkpoint "$work/small"

# Five folds; calls stay whole.
for fold in 1 2 3 4 5; do
  prepared "fold-$fold-data" "$data/minds14" --fold "$fold/5"
  measured "fold-$fold" "fold-$fold-data" "${ours[@]}"
done

# Orders of drinks, clean and in the noise of their kitchen.
awk -F, -v folder="$data/barista/audio" 'NR == 1 { print "path,label" } NR > 1 { print folder "/" $1 "," $2 }' \
  "$data/barista/labels.csv" >"$work/barista.csv"
prepared barista-data "$work/barista.csv"
measured barista barista-data "${ours[@]}"
for snr in 24 12 6; do
  heard "$work/barista/noise-$snr" "$work/barista" --noise "$data/barista/kitchen.noise.flac" --snr-db "$snr"
done
