# What the recipes of both bundled models share; sourced by them, from anywhere, with the model's name: `recipe`, `work`,
# `trainer`, sentences turned into speech, and the shipped weights.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TQDM_MININTERVAL=10
recipe="recipes/$1.toml"
work="work/$1"
name="$1"
mkdir -p "$work"

trainer() { uv run --locked --extra teacher trainer "$@"; }

# speech SENTENCES.toml: speaks the sentences, and lists intents and background apart: each has splits of its own.
# The voice piper speaks too where it is installed.
speech() {
  trainer synthesize "$1" --clean --seed 1 --out "$work/speech"
  awk -F, 'NR == 1 || $2 != "background"' "$work/speech/manifest.csv" >"$work/speech/intents.csv"
  awk -F, 'NR == 1 || $2 == "background"' "$work/speech/manifest.csv" >"$work/speech/background.csv"
}

# The shipped weights: the same recipe on every recording, with the calibration and the figures of what was measured.
ship() {
  trainer train "$work/data" --recipe "$recipe" --set 'training.train_on=["train", "validation", "test"]' --out "$work/shipped"
  trainer export "$work/shipped" --recipe "$recipe" --evaluation "$work/measured/evaluation" --out "../$name"
}
