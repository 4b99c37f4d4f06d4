import { atSpeakingSpeed, readRecording } from '/recording.js';
import { addLine, clear, drawLevel, showIntent, showRate, tell } from '/view.js';

const element = (id) => document.getElementById(id);

/** What ends the stream that runs now; null while none does. */
let running = null;

const setRunning = (controller) => {
  running = controller;
  for (const id of ['microphone', 'play', 'file', 'model']) element(id).disabled = controller !== null;
  element('stop').disabled = controller === null;
};

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** Frames a second, from when intents came. */
const startRate = () => {
  const times = [];
  return () => {
    times.push(performance.now());
    if (times.length > 12) times.shift();
    if (times.length > 1) showRate(((times.length - 1) * 1000) / (times.at(-1) - times[0]));
  };
};

const showWith = (countFrame) => ({
  ready: ({ model, config }) =>
    tell(`Listening with ${model.name} ${model.version}, a frame every ${config.hop_ms} ms.`),
  speech_started: () => undefined,
  intent: (message) => {
    if (message.status === 'tentative') countFrame();
    showIntent(message);
  },
  utterance_end: () => undefined,
  gap: (gap) =>
    addLine(
      `${seconds(gap.start_ms)}–${seconds(gap.end_ms)}`,
      `channel ${gap.channel}: not classified (${gap.reason})`,
      true,
    ),
  warning: ({ message }) => addLine('warning', message, true),
  error: ({ code, message }) => tell(`${code}: ${message}`, true),
  reconnect: ({ grace_ms }) => tell(`The server is going away: it ends this stream in ${seconds(grace_ms)}.`, true),
  closed: ({ audio_ms, frames, utterances, gap_ms }) =>
    tell(
      `Done: ${seconds(audio_ms)} of audio, ${frames} frames, ${utterances} utterances, ${gap_ms} ms not classified.`,
    ),
});

/** Opens a stream and shows what is said about it. `feed` sends the audio; the stream is closed when it resolves. */
const stream = (audio, feed, controller) => {
  const socket = new WebSocket(
    `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/stream`,
    'earshot.v1.json',
  );
  const show = showWith(startRate());
  let hasEnded = false;
  socket.onopen = () => socket.send(JSON.stringify({ type: 'start', audio, model: element('model').value }));
  socket.onmessage = async ({ data }) => {
    const message = JSON.parse(data);
    show[message.type](message);
    hasEnded ||= message.type === 'closed' || message.type === 'error';
    if (message.type !== 'ready') return;
    await feed((chunk) => socket.readyState === WebSocket.OPEN && socket.send(chunk)).catch((problem) =>
      tell(String(problem), true),
    );
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: 'close' }));
  };
  socket.onclose = ({ code }) => {
    controller.abort();
    if (!hasEnded) tell(`The connection to the server was lost (${code}).`, true);
    setRunning(null);
  };
};

const begin = () => {
  const controller = new AbortController();
  setRunning(controller);
  clear();
  tell('Connecting…');
  return controller;
};

/** Loudness of little-endian 16-bit or float samples, 0–1; of anything else, of its bytes' spread. */
const levelOf = ({ encoding }, chunk) => {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const read = {
    pcm_s16le: [2, (at) => view.getInt16(at, true) / 32768],
    pcm_f32le: [4, (at) => view.getFloat32(at, true)],
    mulaw: [1, (at) => 2 ** ((~view.getUint8(at) & 0x70) / 16 - 7)],
    alaw: [1, (at) => 2 ** (((view.getUint8(at) ^ 0x55) & 0x70) / 16 - 7)],
  }[encoding];
  let sum = 0;
  for (let at = 0; at + read[0] <= chunk.length; at += read[0]) sum += read[1](at) ** 2;
  return Math.sqrt((sum * read[0]) / Math.max(1, chunk.length));
};

const playRecording = async (buffer) => {
  const controller = begin();
  try {
    const recording = await readRecording(buffer);
    const heard = new Audio(URL.createObjectURL(new Blob([buffer], { type: 'audio/wav' })));
    heard.muted = element('mute').checked;
    controller.signal.addEventListener('abort', () => heard.pause());
    const feed = (send) => {
      void heard.play().catch(() => undefined);
      const sendAndDraw = (chunk) => {
        drawLevel(levelOf(recording.audio, chunk));
        send(chunk);
      };
      return atSpeakingSpeed(recording, sendAndDraw, controller.signal);
    };
    stream(recording.audio, feed, controller);
  } catch (problem) {
    tell(`This recording cannot be read: ${problem.message}`, true);
    setRunning(null);
  }
};

const MICROPHONE = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };

const speak = async () => {
  const controller = begin();
  const track = await navigator.mediaDevices?.getUserMedia({ audio: MICROPHONE }).catch((problem) => problem);
  if (!(track instanceof MediaStream)) {
    tell(
      track
        ? `The microphone cannot be used: ${track.message}`
        : 'This page gets no microphone: open it on localhost or over https.',
      true,
    );
    return setRunning(null);
  }
  const context = new AudioContext({ sampleRate: 16_000 });
  await context.audioWorklet.addModule('/microphone.js');
  const gatherer = new AudioWorkletNode(context, 'gatherer');
  context.createMediaStreamSource(track).connect(gatherer);
  const audio = { encoding: 'pcm_f32le', sample_rate: context.sampleRate, channels: 1 };
  const feed = (send) =>
    new Promise((resolve) => {
      gatherer.port.onmessage = ({ data }) => {
        const chunk = new Uint8Array(data.buffer);
        drawLevel(levelOf(audio, chunk));
        send(chunk);
      };
      controller.signal.addEventListener('abort', resolve);
    });
  controller.signal.addEventListener('abort', () => {
    for (const one of track.getTracks()) one.stop();
    void context.close();
  });
  stream(audio, feed, controller);
};

element('microphone').onclick = () => void speak();
element('stop').onclick = () => running?.abort();
element('play').onclick = async () =>
  playRecording(await (await fetch(`/samples/${element('sample').value}`)).arrayBuffer());
element('file').onchange = async ({ target }) => target.files[0] && playRecording(await target.files[0].arrayBuffer());
document.ondragover = (event) => event.preventDefault();
document.ondrop = async (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer.files;
  if (file && !running) await playRecording(await file.arrayBuffer());
};

const { models } = await (await fetch('/v1/models')).json();
for (const { name, version } of models) element('model').add(new Option(`${name} ${version}`, name));
