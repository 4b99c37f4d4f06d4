#!/usr/bin/env bash
# What a GPU is worth to Earshot, in one command: does its provider load, what does batching gain, how many streams are held at which latency.
#
#   bash load-tests/gpu.sh cuda                      a graph of the size of wav2vec2-base, which it makes first (needs uv), in fp32 and fp16
#   bash load-tests/gpu.sh webgpu my-models          model packages of your own
#   PRECISIONS=fp32 HOP=500 STREAMS=64 DURATION=60 bash load-tests/gpu.sh cuda my-models my-report
#
# Everything that is printed, and a report a precision, lie in the folder that is named last (gpu-report).
set -euo pipefail
# A stream needs a descriptor at either end.
ulimit -n "$(ulimit -Hn)"
provider="${1:?usage: bash load-tests/gpu.sh cuda|webgpu [folder of model packages] [folder of reports]}"
root="$(cd "$(dirname "$0")/.." && pwd)"
out="$(realpath -m "${3:-gpu-report}")"
models="$(realpath -m "${2:-$out/models}")"
mkdir -p "$out"
exec > >(tee "$out/gpu.txt") 2>&1
cd "$root"

title() { printf '\n== %s\n' "$*"; }
earshot() { node dist/server/cli/earshot.js "$@"; }

npm run --silent build
if [ "$#" -lt 2 ] && [ ! -e "$models/wav2vec2-base-size" ]; then
  title "a graph of the size of wav2vec2-base, random weights"
  (
    cd models/trainer
    uv run --locked scripts/small_wav2vec2.py --base "$out/checkpoint"
    uv run --locked trainer export "$out/checkpoint" --out "$models/wav2vec2-base-size" --variants fp16
  )
fi

title "the machine, $(date -u +%Y-%m-%dT%H:%MZ), commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no nvidia-smi"
EARSHOT_MODELS="$models" EARSHOT_PROVIDER="$provider" earshot doctor || true

status=0
for precision in ${PRECISIONS:-fp32 fp16}; do
  title "$precision: frames a second by batch, and streams held by inference alone"
  EARSHOT_MODELS="$models" EARSHOT_PROVIDER="$provider" EARSHOT_PRECISION="$precision" earshot doctor --tune || { status=1; continue; }
  title "$precision: streams held by the whole server, a frame every ${HOP:-1000} ms"
  node dist/load-tests/load.js --scenario ramp --models "$models" --hop "${HOP:-1000}" --streams "${STREAMS:-256}" \
    --duration "${DURATION:-20}" --transport ws-proto --chunk-ms 100 --encoding pcm_s16le --threads "${THREADS:-4}" \
    --json "$out/$precision.json" --report "$out/$precision.html" -- --provider "$provider" --precision "$precision" || status=1
done
title "done: $out"
exit "$status"
