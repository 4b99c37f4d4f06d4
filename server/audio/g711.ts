/** Amplitudes in −1…1 of the 256 codes of µ-law (ITU-T G.711, table 2: 14-bit values), bits inverted as on the line. */
export const MULAW_AMPLITUDES = amplitudesOf((code) => {
  const inverted = ~code;
  const segment = (inverted >> 4) & 7;
  const magnitude = (((inverted & 15) * 2 + 33) << segment) - 33;
  return (inverted & 0x80 ? 0 - magnitude : magnitude) / 8192;
});

/** Amplitudes in −1…1 of the 256 codes of A-law (ITU-T G.711, table 1: 13-bit values), even bits inverted as on the line. */
export const ALAW_AMPLITUDES = amplitudesOf((code) => {
  const inverted = code ^ 0x55;
  const segment = (inverted >> 4) & 7;
  const step = (inverted & 15) * 2 + 1;
  const magnitude = segment === 0 ? step : (step + 32) << (segment - 1);
  return (inverted & 0x80 ? magnitude : -magnitude) / 4096;
});

function amplitudesOf(amplitude: (code: number) => number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => amplitude(code));
}
