# What both recipes of bundled models need: `trainer`, and sentences turned into speech.

trainer() { uv run --locked --extra teacher trainer "$@"; }

# speech SENTENCES.toml FOLDER: speaks the sentences, and lists intents and background apart: each has splits of its own.
# The voice piper speaks too where it is installed.
speech() {
  trainer synthesize "$1" --clean --seed 1 --out "$2"
  awk -F, 'NR == 1 || $2 != "background"' "$2/manifest.csv" >"$2/intents.csv"
  awk -F, 'NR == 1 || $2 == "background"' "$2/manifest.csv" >"$2/background.csv"
}
