#!/usr/bin/env bash
# From recordings to a served model, with the commands of the README: prepare, train, evaluate, export, serve, stream.
# On a small spoken data set in both layouts of MInDS-14 and a tiny model, so that it takes two minutes.
# Usage: bash models/trainer/story.sh WORK   (an empty folder; the server must be built: npm run build)
set -euo pipefail
work=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" HF_HUB_OFFLINE=1
trainer() { npm run --silent trainer -- "$@"; }
earshot=(node dist/server/cli/earshot.js)

uv run --project models/trainer models/trainer/scripts/small_minds14.py "$work/small-minds14"
uv run --project models/trainer models/trainer/scripts/small_wav2vec2.py "$work/small-wav2vec2"

for layout in parquet wavs; do
  trainer prepare "$work/small-minds14/$layout" --config en-US --out "$work/$layout-data"
done
cmp <(tail -n +3 "$work/parquet-data/report.md") <(tail -n +3 "$work/wavs-data/report.md")

for layout in parquet wavs; do
  run="$work/$layout-run"
  trainer train "$work/$layout-data" --recipe guide --checkpoint "$work/small-wav2vec2" --set training.epochs=2 --out "$run"
  trainer evaluate "$run"
  trainer export "$run" --variants --out "$work/models/from-$layout"
done

flags=(--models "$work/models" --port 0 --grpc-port 0 --provider cpu --log-level error)
"${earshot[@]}" serve "${flags[@]}" >"$work/banner" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
until grep -q WebSocket "$work/banner"; do kill -0 "$server"; sleep 0.2; done
url=$(sed -n 's|^ *WebSocket *\(ws://[^/]*\)/.*|\1|p' "$work/banner")
for layout in parquet wavs; do
  "${earshot[@]}" stream samples/balance-16k.wav --url "$url" --model "from-$layout" --fast --json | tee "$work/from-$layout.jsonl"
done
