#!/usr/bin/env bash
# Makes models/barista-drinks from weights/bank-calls, the recordings in ../shared/data beside the repository, and sentences.
source "$(dirname "$0")/sources.sh" barista-drinks

orders
speech barista 1
# Other talk, to be divided into folds; and as more of it, every third caller from Australia and Great Britain.
awk -F, -v OFS=, 'NR > 1 { $5 = "" } 1' work/speech/barista/background.csv >work/speech/barista/talk.csv
awk -F, -v OFS=, -v folder="$data/minds14" 'NR == 1 { print "path,label,group,lang" }
  ($2 == "en-AU" || $2 == "en-GB") && heard++ % 3 == 0 { print folder "/" $1, "background", $(NF - 1), "callers" }' \
  "$data/minds14/metadata.csv" >"$work/callers.csv"

for fold in 1 2 3 4 5; do trainer prepare "$recipe" --fold "$fold/5" --out "$work/fold-$fold-data"; done

# learn NAME DATA [OPTION…]: two passes. The second hears everything once more, otherwise and through louder noise.
learn() {
  learned "$work/$1-first" "$2" --recipe "$recipe" --checkpoint bank-calls "${@:3}"
  learned "$work/$1" "$2" --recipe "$recipe" --checkpoint "$work/$1-first" --set seed=18 --set augmentation.noise=0.85 \
    --set augmentation.highest_snr_db=15.0 --set training.epochs=4.0 --set training.learning_rate=1e-3 "${@:3}"
}

# The shipped weights learn from everything; of the five folds, two are trained side by side, each on one core.
learn shipped "$work/fold-1-data" --set 'training.train_on=["train", "validation", "test"]'
export -f learn
export work recipe
printf '%s\n' 1 2 3 4 5 | xargs -P 2 -I FOLD bash -ec 'learn fold-FOLD "$work/fold-FOLD-data" --jobs 1'

# The figures and the calibration: every customer, sentence and caller is heard by the one of five runs that never heard it,
# clean and in the noise of a kitchen that nothing was trained on.
trainer evaluate "$work"/fold-{1..5} --out "$work/measured"
for snr in 24 12 6; do
  trainer evaluate "$work"/fold-{1..5} --noise "$data/barista/kitchen.noise.flac" --snr-db "$snr" \
    --calibration "$work/measured/calibration.json" --out "$work/noise-$snr"
done

trainer export "$work/shipped" --recipe "$recipe" --evaluation "$work/measured" --out ../barista-drinks --variants fp16 int8
