import { createServer } from 'node:http';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { createDecoder } from '../../server/audio/decoder.js';
import { createFramer } from '../../server/audio/framer.js';
import { createResampler } from '../../server/audio/resampler.js';
import { logPosterior, softmax } from '../../server/domain/posterior.js';
import { FRAME_SAMPLES, hertz, milliseconds, samplesIn } from '../../server/domain/units.js';
import { loadModelPackage } from '../../server/inference/model-package.js';

/**
 * A plain Node server as a rival: one ONNX session on the main thread, no batching, one frame per run. It uses this project's own
 * decoder, resampler and framer, so that only the code around the session differs.
 */
const HOP_MS = 500;
const TOP = 5;

const [, , folder = ''] = process.argv;
const { card } = await loadModelPackage(folder);
const variant = card.variants.find(({ providers }) => providers.includes('cpu'))!;
const session = await InferenceSession.create(join(folder, variant.file), { intraOpNumThreads: 1 });

/** The belief about one stream, which every frame updates. */
class Belief {
  frames = 0;
  #state: Tensor | null = null;
  #sum: Float64Array | null = null;

  async hear(pcm: Float32Array): Promise<object> {
    const { inputs, outputs, stateShape, temperature } = card;
    const feeds: Record<string, Tensor> = { [inputs.pcm]: new Tensor('float32', pcm, [1, FRAME_SAMPLES]) };
    if (inputs.state !== null && stateShape) feeds[inputs.state] = this.#state ?? zeros([1, ...stateShape]);
    const results = await session.run(feeds);
    if (outputs.nextState !== null) this.#state = results[outputs.nextState]!;
    const logits = results[outputs.logits]!.data as Float32Array;
    return this.#event(logPosterior(logits, temperature));
  }

  #event(scores: Float64Array): object {
    const { stateShape, smoothing, labels, background } = card;
    const { weight, decay } = smoothing ?? { weight: 1, decay: 1 };
    const fresh = this.frames === 0 ? 1 : HOP_MS / 1000;
    const before = this.#sum;
    const carried = stateShape !== null;
    this.#sum = carried ? scores : scores.map((score, i) => decay * (before?.[i] ?? 0) + weight * fresh * score);
    this.frames += 1;
    const ranked = [...softmax(this.#sum)]
      .map((score, index) => ({ label: labels[index]!, score: Math.round(score * 1e6) / 1e6 }))
      .filter((each) => !background.has(each.label))
      .sort((a, b) => b.score - a.score);
    const { label, score } = ranked[0]!;
    const end_ms = HOP_MS * (this.frames + 1);
    return { type: 'intent', status: 'tentative', end_ms, intent: label, score, scores: ranked.slice(0, TOP) };
  }
}

const zeros = (shape: readonly number[]): Tensor =>
  new Tensor('float32', new Float32Array(shape.reduce((size, axis) => size * axis, 1)), shape);

type Say = (message: object) => void;

const stream = async (messages: AsyncIterable<Buffer | string>, url: URL, say: Say): Promise<void> => {
  const rate = hertz(Number(url.searchParams.get('sample_rate')));
  const encoding = url.searchParams.get('encoding') === 'mulaw' ? 'mulaw' : 'pcm_s16le';
  const decoder = createDecoder({ encoding, sampleRate: rate, channels: 1 });
  const resampler = createResampler(rate);
  const framer = createFramer({ hop: samplesIn(milliseconds(HOP_MS)) });
  const belief = new Belief();
  for await (const message of messages) {
    const isLast = typeof message === 'string';
    const audio = isLast ? resampler.flush() : resampler.push(decoder.push(message)[0]!);
    for (const { samples } of framer.push(audio)) say(await belief.hear(samples));
    if (isLast) say({ type: 'closed', frames: belief.frames, gap_ms: 0 });
  }
};

const http = createServer();
new WebSocketServer({ server: http, perMessageDeflate: false }).on('connection', (socket, request) => {
  // With this stream, reading from the socket stops while messages wait for the model, which slows a fast sender.
  const messages = createWebSocketStream(socket, { readableObjectMode: true, readableHighWaterMark: 8 });
  const say: Say = (message) => {
    socket.send(JSON.stringify(message));
    if ('type' in message && message.type === 'closed') socket.close(1000);
  };
  void stream(messages, new URL(request.url ?? '', 'ws://localhost'), say).catch((error: unknown) => {
    console.error(error);
    socket.terminate();
  });
});
http.listen(0, '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(http.address() as AddressInfo).port}`);
});
