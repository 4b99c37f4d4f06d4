#!/usr/bin/env node
// A voice bot without a voice: raw audio in on standard input, what the bot would do out on standard output.
//
//   arecord -q -f S16_LE -r 16000 -c 1 -t raw | node node-bot.mjs
//   sox call.wav -t raw -r 16000 -c 1 -b 16 -e signed - | node node-bot.mjs
//   ffmpeg -v quiet -re -i call.mp3 -f s16le -ar 16000 -ac 1 - | node node-bot.mjs
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createStream } from '@earshot/client';
import { writable } from '@earshot/client/node';

const OPTIONS = {
  url: { type: 'string', default: 'ws://127.0.0.1:8080' },
  'sample-rate': { type: 'string', default: '16000' },
  /** A caller who is understood so well while the bot speaks interrupts it. */
  'barge-in': { type: 'string', default: '0.6' },
};
const USAGE = 'usage: node node-bot.mjs [--url ADDRESS] [--sample-rate HZ] [--barge-in SCORE] < 16-bit mono PCM';
const { values } = readArguments();
const bargeIn = Number(values['barge-in']);
if (!(bargeIn >= 0 && bargeIn <= 1)) wrong(`--barge-in ${values['barge-in']} is no score from 0 to 1`);

/** What the bank does about an intent, and what it says. */
const ANSWERS = {
  balance: { action: 'read_balance', say: 'Your balance is twelve hundred and four dollars.' },
  freeze: { action: 'freeze_card', say: 'Your card is frozen. A new one is on its way.' },
  pay_bill: { action: 'open_payment', say: 'Which bill shall I pay?' },
  joint_account: { action: 'open_joint_account', say: 'I have sent you the form for a joint account.' },
};
const ASK_AGAIN = { action: 'ask_again', say: 'Sorry, I did not get that. What can I do for you?' };
const HAND_OVER = (intent) => ({ action: `hand_over:${intent}`, say: 'I am putting you through to a colleague.' });

const print = (line) => console.log(JSON.stringify(line));

/** What the bot is saying, and to which utterance it gave way. */
let speaking = null;
let interruptedBy = -1;

async function talk() {
  const stream = createStream({
    url: values.url,
    audio: { encoding: 'pcm_s16le', sampleRate: Number(values['sample-rate']) },
  });

  stream.on('intent', ({ status, utterance, intent, score, end_ms: at_ms }) => {
    if (status === 'tentative') {
      if (speaking === null || intent === null || score < bargeIn || interruptedBy === utterance) return;
      print({ at_ms, action: 'stop_speaking', because: intent, score, interrupted: speaking });
      interruptedBy = utterance;
      speaking = null;
      return;
    }
    const { action, say } = intent === null ? ASK_AGAIN : (ANSWERS[intent] ?? HAND_OVER(intent));
    print({ at_ms, action, intent, score, say });
    speaking = say; // until your speech engine says that it has finished
  });
  stream.on('gap', ({ start_ms, end_ms, reason }) => print({ at_ms: end_ms, action: 'note_gap', start_ms, reason }));
  stream.on('state', ({ state }) => {
    if (state === 'reconnecting')
      print({ action: 'keep_listening', because: 'the connection was lost; audio is kept' });
  });

  await pipeline(process.stdin, writable(stream));
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS });
  } catch (error) {
    wrong(error.message);
  }
}

function wrong(what) {
  console.error(`${what}\n${USAGE}`);
  process.exit(2);
}

talk().catch((error) => {
  console.error(error.code === undefined ? error.message : `${error.code}: ${error.message}`);
  process.exitCode = 1;
});
