# What the recipes of both bundled models share; sourced by them, from anywhere, with the model's name: `recipe`, `work`,
# `trainer`, and sentences turned into speech.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TQDM_MININTERVAL=10
recipe="recipes/$1.toml"
work="work/$1"
mkdir -p "$work"

trainer() { uv run --locked --extra teacher trainer "$@"; }

# speech SENTENCES.toml: speaks the sentences, and lists intents and background apart: each has splits of its own.
# The voice piper speaks too where it is installed.
speech() {
  trainer synthesize "$1" --clean --seed 1 --out "$work/speech"
  awk -F, 'NR == 1 || $2 != "background"' "$work/speech/manifest.csv" >"$work/speech/intents.csv"
  awk -F, 'NR == 1 || $2 == "background"' "$work/speech/manifest.csv" >"$work/speech/background.csv"
}
