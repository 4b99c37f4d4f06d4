# What the recipes share; sourced by them, from anywhere, with the recipe's name: `recipe`, `work`, `trainer`, trainings that go
# on where they were cut short, sentences turned into speech, and a list of recorded orders.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TQDM_MININTERVAL="${TQDM_MININTERVAL:-10}"
data="$(cd ../../.. && pwd)/shared/data"
recipe="recipes/$1.toml"
work="work/$1"
for listed in minds14/metadata.csv barista/labels.csv; do
  [ -f "$data/$listed" ] && continue
  echo "$data/$listed is missing: the recordings lie in ../shared/data beside the repository" >&2
  exit 1
done
mkdir -p "$work"

# trainer COMMAND…: what it does is told first, because a recipe takes hours.
trainer() {
  echo "trainer $*"
  uv run --locked --extra teacher trainer "$@"
}

# learned RUN DATA OPTION…: trains into RUN, once. What has ended stays; what was cut short goes on; what was begun with another
# recipe, other options or other data is told, and ends the script.
learned() { trainer train "$2" "${@:3}" --once --out "$1"; }
export -f trainer learned

six=(piper rhvoice pico flite festival espeak-ng)

# speech NAME SEED [--clips N]: speaks intents/NAME.toml into work/speech/NAME by the system's engines and piper. Intents and
# background are listed apart: each has splits of its own.
speech() { spoken "$1" "$1" --seed "$2" --engines "${six[@]}" "${@:3}"; }

# talk NAME SEED [--clips N]: of that, only what is no intent, into work/speech/NAME-talk.
talk() { spoken "$1" "$1-talk" --seed "$2" --engines "${six[@]}" --labels background "${@:3}"; }

# spoken NAME FOLDER OPTION…: speaks intents/NAME.toml into work/speech/FOLDER.
spoken() {
  local out="work/speech/$2"
  trainer synthesize "intents/$1.toml" --clean --out "$out" "${@:3}"
  awk -F, 'NR == 1 || $2 != "background"' "$out/manifest.csv" >"$out/intents.csv"
  awk -F, 'NR == 1 || $2 == "background"' "$out/manifest.csv" >"$out/background.csv"
}

# calls: speaks what the models of calls to a bank hear beside the recordings, and prepares all of it into work/NAME/data.
calls() {
  talk banking 1 --clips 3
  talk banking-calls 6 --clips 1
  speech minds14-au 3
  speech minds14-gb 4
  speech minds14-translated 5
  trainer prepare "$recipe" --out "$work/data"
}

# orders [SPLIT]: lists the recordings of Picovoice's benchmark, all of them in one split where it is told. In place of a
# language it says "customers", so that reports tell them from synthesised orders.
orders() {
  awk -F, -v folder="$data/barista/audio" -v split_="${1:-}" 'NR == 1 { print "path,label,split,lang" } NR > 1 { print folder "/" $1 "," $2 "," split_ ",customers" }' \
    "$data/barista/labels.csv" >"$work/orders.csv"
}
