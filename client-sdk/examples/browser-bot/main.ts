// A bank's front desk in a browser: microphone in, the browser's own voice out.
import { createStream, EarshotError, type Intent } from '@earshot/client';
import { microphone, type Microphone } from '@earshot/client/microphone';
import { Dialogue, GREETING } from './dialogue.js';
import { showAction, showBot, showCaller, showLevel, showRunning, showState, whenPressed } from './view.js';
import { say } from './voice.js';

/** Address of the server; `?server=ws://host:port` in the page's address overrides it. */
const SERVER = new URLSearchParams(location.search).get('server') ?? 'ws://127.0.0.1:8080';

/** How long a call that was hung up waits for the server's goodbye, which does not come while the server is away. */
const LONGEST_GOODBYE_MS = 3_000;

let hangingUp: AbortController | null = null;

whenPressed(() => {
  if (hangingUp !== null) hangingUp.abort();
  else void call(new AbortController());
});

/** One call, from the greeting until somebody hangs up or a person takes over. */
async function call(ending: AbortController): Promise<void> {
  hangingUp = ending;
  showRunning(true);
  showState('Waiting for your permission to use the microphone…');
  try {
    // The loudspeaker plays the bot's own voice near the microphone: here, and only here, the browser's filter helps.
    const mic = await microphone({ echoCancellation: true, signal: ending.signal });
    await talk(mic, ending).finally(() => mic.stop());
  } catch (problem) {
    // The caller hung up while the browser was still asking for permission: this is not an error.
    if (problem === ending.signal.reason) showState('The call has ended.');
    else showState(sentenceOf(problem), true);
  } finally {
    hangingUp = null;
    showRunning(false);
  }
}

async function talk(mic: Microphone, ending: AbortController): Promise<void> {
  const stream = createStream({ url: SERVER, audio: mic.audio });
  const dialogue = new Dialogue();
  /** Whether the bot is speaking. What the microphone hears meanwhile is not sent, so that the bot does not hear itself. */
  const floor = { isBots: false };

  const speak = async (text: string) => {
    floor.isBots = true;
    showBot(text);
    showState('Speaking…');
    await say(text, ending.signal);
    floor.isBots = false;
    if (!ending.signal.aborted) showState('Listening…');
  };

  const answer = async (heard: Intent) => {
    // An intent that becomes final after the call has ended is ignored.
    if (ending.signal.aborted) return;
    showCaller(heard);
    const turn = dialogue.next(heard);
    if (turn.action !== null) showAction(turn.action);
    await speak(turn.say);
    if (turn.isHandedOver) ending.abort();
  };

  let turns = speak(GREETING);
  stream.on('intent', (intent) => {
    if (intent.status === 'final') turns = turns.then(() => answer(intent));
    else showState(`Listening… ${intent.intent === null ? '' : `${intent.intent.replaceAll('_', ' ')}?`}`);
  });
  stream.on(
    'state',
    ({ state }) => state === 'reconnecting' && showState('Connection lost; what you say is kept…', true),
  );
  stream.on('ended', ({ error }) => error !== null && ending.abort());

  try {
    for await (const chunk of mic) {
      showLevel(floor.isBots ? 0 : mic.level);
      if (!floor.isBots) await stream.send(chunk);
    }
    await Promise.race([stream.close(), new Promise((resolve) => setTimeout(resolve, LONGEST_GOODBYE_MS))]);
    showState('The call has ended.');
  } finally {
    // When the microphone is lost, nothing else stops the bot's voice and ends the stream on the server.
    ending.abort();
    stream.abort();
  }
}

function sentenceOf(problem: unknown): string {
  if (problem instanceof EarshotError) return `The call was lost. ${problem.code}: ${problem.message}`;
  return problem instanceof Error ? problem.message : String(problem);
}
