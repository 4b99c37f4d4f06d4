/** The audio of a start that every wire accepts. */
export const GOOD_AUDIO = { encoding: 'pcm_s16le', sample_rate: 16_000, channels: 1 };

const ENCODINGS = 'pcm_s16le, pcm_f32le, mulaw, alaw';
const long = 'x'.repeat(257);

const audio = (fields: object) => ({ audio: { ...GOOD_AUDIO, ...fields } });

/** Fields of a start that every wire can carry, and the one sentence with which each is refused. */
export const START_FAULTS: readonly [Record<string, unknown>, string][] = [
  [audio({ encoding: 'mp7' }), `audio.encoding "mp7" is not one of ${ENCODINGS}`],
  [audio({ sample_rate: 7_999 }), 'audio.sample_rate 7999 is outside 8000–192000'],
  [audio({ sample_rate: 192_001 }), 'audio.sample_rate 192001 is outside 8000–192000'],
  [audio({ sample_rate: 4_294_967_295 }), 'audio.sample_rate 4294967295 is outside 8000–192000'],
  [audio({ channels: 0 }), 'audio.channels 0 is outside 1–8'],
  [audio({ channels: 9 }), 'audio.channels 9 is outside 1–8'],
  [{ model: 'm'.repeat(129) }, `start.model "${'m'.repeat(40)}…" has 129 characters, which is outside 1–128`],
  [{ hop_ms: 99 }, 'start.hop_ms 99 is outside 100–1000'],
  [{ hop_ms: 1_001 }, 'start.hop_ms 1001 is outside 100–1000'],
  [{ top_k: 0 }, 'start.top_k 0 is outside 1–100'],
  [{ top_k: 101 }, 'start.top_k 101 is outside 1–100'],
  [{ threshold: -0.001 }, 'start.threshold -0.001 is outside 0–1'],
  [{ threshold: 1.001 }, 'start.threshold 1.001 is outside 0–1'],
  [{ endpointing: { silence_ms: 199 } }, 'endpointing.silence_ms 199 is outside 200–10000'],
  [{ endpointing: { silence_ms: 10_001 } }, 'endpointing.silence_ms 10001 is outside 200–10000'],
  [{ endpointing: { max_utterance_ms: 999 } }, 'endpointing.max_utterance_ms 999 is outside 1000–120000'],
  [{ endpointing: { max_utterance_ms: 120_001 } }, 'endpointing.max_utterance_ms 120001 is outside 1000–120000'],
  [
    { client_reference_id: long },
    `start.client_reference_id "${'x'.repeat(40)}…" has 257 characters, which is outside 0–256`,
  ],
];

/** Fields of a start at the edge of every limit. */
export const START_EDGES: readonly Record<string, unknown>[] = [
  audio({ sample_rate: 8_000 }),
  audio({ sample_rate: 192_000 }),
  audio({ channels: 8 }),
  ...['pcm_f32le', 'mulaw', 'alaw'].map((encoding) => audio({ encoding })),
  { model: 'm' },
  { model: 'm'.repeat(128) },
  { model: '../../etc/passwd' },
  { hop_ms: 100 },
  { hop_ms: 1_000 },
  { interim: false },
  { top_k: 1 },
  { top_k: 100 },
  { threshold: 0 },
  { threshold: 1 },
  { endpointing: { silence_ms: 200 } },
  { endpointing: { silence_ms: 10_000, max_utterance_ms: 1_000 } },
  { endpointing: { max_utterance_ms: 120_000 } },
  { client_reference_id: '😀'.repeat(256) },
];

/** What decoding adds to a start. */
export const filledIn = (fields: Record<string, unknown>) => ({
  type: 'start',
  audio: GOOD_AUDIO,
  interim: true,
  receipts: false,
  top_k: 5,
  ...fields,
  endpointing: { silence_ms: 1_000, max_utterance_ms: 30_000, ...(fields.endpointing as object | undefined) },
});
