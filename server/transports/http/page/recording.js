/** How a WAV file's format tag and bits are called on the wire (Microsoft's WAVE registry). */
const ENCODINGS = { '1/16': 'pcm_s16le', '3/32': 'pcm_f32le', '7/8': 'mulaw', '6/8': 'alaw' };

const tagAt = (view, at) => String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));

/** The format and bytes of a WAV file that a stream can carry as it is; null for anything else. */
const readWav = (buffer) => {
  const view = new DataView(buffer);
  if (buffer.byteLength < 12 || tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WAVE') return null;
  let format = null;
  for (let at = 12; at + 8 <= buffer.byteLength;) {
    const size = view.getUint32(at + 4, true);
    if (tagAt(view, at) === 'fmt ') {
      const encoding = ENCODINGS[`${view.getUint16(at + 8, true)}/${view.getUint16(at + 22, true)}`];
      format = encoding && {
        encoding,
        channels: view.getUint16(at + 10, true),
        sample_rate: view.getUint32(at + 12, true),
      };
    }
    if (tagAt(view, at) === 'data')
      return (
        format && { audio: format, bytes: new Uint8Array(buffer, at + 8, Math.min(size, buffer.byteLength - at - 8)) }
      );
    at += 8 + size + (size % 2);
  }
  return null;
};

/** Whatever else the browser can decode, as 16-bit PCM. */
const decode = async (buffer) => {
  const context = new AudioContext();
  try {
    const decoded = await context.decodeAudioData(buffer.slice(0));
    const channels = Math.min(decoded.numberOfChannels, 8);
    const samples = new Int16Array(decoded.length * channels);
    for (let channel = 0; channel < channels; channel++)
      decoded.getChannelData(channel).forEach((sample, index) => {
        samples[index * channels + channel] = Math.max(-1, Math.min(1, sample)) * 32767;
      });
    return {
      audio: { encoding: 'pcm_s16le', channels, sample_rate: decoded.sampleRate },
      bytes: new Uint8Array(samples.buffer),
    };
  } finally {
    await context.close();
  }
};

/** A recording as a stream can carry it: `{ audio, bytes }`. Rejects when the browser cannot read it. */
export const readRecording = async (buffer) => readWav(buffer) ?? (await decode(buffer));

const SAMPLE_BYTES = { pcm_s16le: 2, pcm_f32le: 4, mulaw: 1, alaw: 1 };

/** Calls `send` with 100 ms at a time, when it would have been spoken, by the clock of the start. Ends early when aborted. */
export const atSpeakingSpeed = async ({ audio, bytes }, send, signal) => {
  const perSecond = audio.sample_rate * audio.channels * SAMPLE_BYTES[audio.encoding];
  const chunk = Math.round(audio.sample_rate / 10) * audio.channels * SAMPLE_BYTES[audio.encoding];
  const startedAt = performance.now();
  for (let at = 0; at < bytes.length && !signal.aborted; at += chunk) {
    const wait = startedAt + ((at + chunk) * 1000) / perSecond - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    if (!signal.aborted) send(bytes.subarray(at, at + chunk));
  }
};
