#!/usr/bin/env node
// Tags a call: one JSON line for everything that the customer or the agent wants, and a summary, ready for a CRM.
//
//   node call-tagger.mjs call.wav
//   ffmpeg -v quiet -i call.mp3 -f wav - | node call-tagger.mjs -
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { createStream } from '@earshot/client';
import { pipe, readWav } from '@earshot/client/node';

const OPTIONS = {
  url: { type: 'string', default: 'ws://127.0.0.1:8080' },
  /** Who speaks on which channel. */
  speakers: { type: 'string', default: 'customer,agent' },
  id: { type: 'string' },
};
const USAGE = 'usage: node call-tagger.mjs [--url ADDRESS] [--speakers NAME,NAME] [--id CALL] [FILE.wav | -]';
const { values, positionals } = readArguments();
const [file = '-'] = positionals;
const names = values.speakers.split(',');
const speakerOf = (channel) => names[channel] ?? `channel ${channel}`;
const print = (line) => console.log(JSON.stringify(line));

async function tag() {
  const { audio, chunks } = await readWav(file === '-' ? process.stdin : createReadStream(file));
  const stream = createStream({
    url: values.url,
    audio,
    interim: false,
    ...(values.id !== undefined && { clientReferenceId: values.id }),
  });
  const tags = [];
  const gaps = [];
  stream.on('intent', ({ channel, start_ms, end_ms, intent, score }) => {
    const line = { type: 'tag', speaker: speakerOf(channel), start_ms, end_ms, intent, score };
    tags.push(line);
    print(line);
  });
  stream.on('gap', ({ channel, start_ms, end_ms, reason }) => {
    const line = { type: 'gap', speaker: speakerOf(channel), start_ms, end_ms, reason };
    gaps.push(line);
    print(line);
  });
  await pipe(chunks, stream);
  const { audio_ms, gap_ms } = await stream.close();
  print({ type: 'summary', call: values.id ?? file, audio_ms, unclassified_ms: gap_ms, ...summaryOf(tags) });
}

/** How long each spoke, and what was wanted how often, the surest first. */
function summaryOf(tags) {
  const speakers = {};
  for (const { speaker, start_ms, end_ms, intent, score } of tags) {
    const one = (speakers[speaker] ??= { utterances: 0, speech_ms: 0, out_of_scope: 0, intents: {} });
    one.utterances += 1;
    one.speech_ms += end_ms - start_ms;
    if (intent === null) one.out_of_scope += 1;
    else one.intents[intent] = Math.max(score, one.intents[intent] ?? 0);
  }
  const asked = tags.filter(({ speaker, intent }) => speaker === names[0] && intent !== null);
  const reason = asked.reduce((best, next) => (best === null || next.score > best.score ? next : best), null);
  return { reason: reason?.intent ?? null, speakers };
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

tag().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
