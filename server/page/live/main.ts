import { askServer } from '../shared/ask-server.js';
import { find, make, whenSchemeChanges } from '../shared/dom.js';
import { sentence, spoken } from '../shared/words.js';
import { Call, type Screen } from './call.js';
import { CodePanel } from './code-panel.js';
import { Controls } from './controls.js';
import { Finals } from './finals.js';
import { MicrophoneChoice } from './microphone-choice.js';
import { readRecording } from './recording.js';
import { SAMPLES } from './samples.js';
import { microphoneSource, recordingSource, type Source } from './source.js';
import { Speed } from './speed.js';
import { Timeline } from './timeline.js';

interface Served {
  readonly name: string;
  readonly version: string;
  readonly labels: readonly string[];
}

const MICROPHONE_AUDIO = { encoding: 'pcm_s16le', sampleRate: 16_000 } as const;

const screen: Screen = {
  timeline: new Timeline(),
  finals: new Finals(),
  speed: new Speed(),
  tell: (message, isAlarm = false) => {
    const state = find('state', HTMLElement);
    state.textContent = message;
    state.classList.toggle('alarm', isAlarm);
  },
  // The square root makes quiet speech visible.
  loudness: (level) => (find('level', HTMLMeterElement).value = Math.sqrt(level)),
};
const devices = new MicrophoneChoice();
const code = new CodePanel({
  server: location.origin.replace(/^http/, 'ws'),
  model: '',
  way: 'microphone',
  file: SAMPLES[0]!.file,
  isWav: true,
  audio: MICROPHONE_AUDIO,
});
/** The list of labels, which is replaced on the page once there is something to draw. */
const labels = find('labels', HTMLElement);
let models: readonly Served[] = [];
let call: Call | null = null;
/** Stops a stream whose source is still being opened, when there is no call to stop yet. */
let stopping = new AbortController();

const controls = new Controls({
  microphone() {
    code.show({ way: 'microphone', audio: MICROPHONE_AUDIO });
    void stream(
      (signal) => microphoneSource(devices.deviceId, signal),
      'Waiting for your permission to use the microphone…',
    );
  },
  sample(index) {
    const { file, names } = SAMPLES[index]!;
    void stream(() => fromRecording(() => fetched(file), `samples/${file}`, names), 'Fetching the call…');
  },
  file(file) {
    void stream(() => fromRecording(() => file.arrayBuffer(), file.name, ['Caller']), `Reading ${file.name}…`);
  },
  stop() {
    stopping.abort();
    call?.stop();
  },
  model(name) {
    showLabels(name);
    code.show({ model: name });
  },
});

async function fetched(sample: string): Promise<ArrayBuffer> {
  const answer = await fetch(`/samples/${sample}`).catch(() => null);
  if (!answer?.ok) throw new Error('the server does not answer: start it, and press Play again');
  return answer.arrayBuffer();
}

async function fromRecording(
  read: () => Promise<ArrayBuffer>,
  file: string,
  names: readonly string[],
): Promise<Source> {
  const recording = await readRecording(await read());
  code.show({ way: 'recording', file, isWav: recording.isWav, audio: recording.audio });
  return recordingSource(recording, recording.audio.channels > names.length ? [] : names, () => controls.isMuted);
}

/** Opens a source and streams from it, unless a stream is running; stops at once if the visitor asked for it meanwhile. */
async function stream(open: (signal: AbortSignal) => Promise<Source>, waiting: string): Promise<void> {
  if (controls.isRunning) return;
  stopping = new AbortController();
  controls.running(true);
  screen.tell(waiting);
  let source: Source | null = null;
  try {
    source = await open(stopping.signal);
    screen.finals.clear();
    screen.speed.clear();
    call = new Call(source, controls.model, screen);
    if (stopping.signal.aborted) call.stop();
    await call.run();
  } catch (problem) {
    if (problem === stopping.signal.reason) screen.tell('Stopped.');
    else screen.tell(problem instanceof Error ? sentence(problem.message) : String(problem), true);
  } finally {
    // Also where no call was made: a microphone must not be left on.
    source?.stop();
    call = null;
    controls.running(false);
    void devices.refresh();
  }
}

function showLabels(name: string): void {
  const known = models.find((model) => model.name === name)?.labels ?? [];
  labels.replaceChildren(...known.map((label) => make('li', '', spoken(label))));
}

async function offerModels(): Promise<void> {
  try {
    const answer = await askServer('/v1/models');
    models = answer.ok ? ((await answer.json()) as { models: Served[] }).models : [];
  } catch {
    screen.tell('The server does not answer. Start it, then reload this page.', true);
    return;
  }
  controls.offer(models);
  if (models.length === 0) screen.tell('The models are being loaded. Reload in a moment.', true);
  showLabels(controls.model);
  code.show({ model: controls.model });
}

whenSchemeChanges(() => screen.timeline.redraw());
await offerModels();
