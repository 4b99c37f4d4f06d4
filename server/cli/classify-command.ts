import { readFile, stat } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { MAX_RECORDING_BYTES } from '../../proto/limits.js';
import type { ClassifyResponse } from '../../proto/one-shot-messages.js';
import { readWav } from '../audio/wav.js';
import { reasonOf } from '../domain/reason.js';
import { cutOffOf } from './cut-off.js';
import { Failure } from './failure.js';
import { bearerOf, keyOption } from './key-option.js';
import { intentOf } from './story-lines.js';
import { table } from './table.js';
import { unreached } from './unreached.js';

interface ClassifyFlags {
  readonly url: string;
  readonly model?: string;
  readonly topK?: string;
  readonly json?: boolean;
  readonly key?: string;
}

type Result =
  | { readonly file: string; readonly answer: ClassifyResponse; readonly cutOff: string | null }
  | { readonly file: string; readonly problem: string; readonly isUnreached?: boolean };

/** How many requests are under way at a time. */
const ABREAST = 4;

export const classifyCommand = (): Command =>
  new Command('classify')
    .description('classify whole WAV files by a running server')
    .argument('<file...>', 'WAV files')
    .option('--url <address>', 'HTTP address of the server', httpAddress, 'http://127.0.0.1:8080')
    .option('--model <name>', "model to ask (default: the server's)")
    .option('--top-k <n>', 'scores an answer carries', (text) => {
      if (!/^\d+$/.test(text)) throw new InvalidArgumentError('it is no whole number');
      return text;
    })
    .addOption(keyOption())
    .option('--json', 'one object a line')
    .action(run);

/** An HTTP address, without slashes at its end. */
const httpAddress = (text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) throw new InvalidArgumentError('it is no http(s)://host:port');
  return text.replace(/\/+$/, '');
};

const run = async (files: string[], flags: ClassifyFlags): Promise<void> => {
  const tell = (result: Result) => flags.json && process.stdout.write(`${JSON.stringify(jsonOf(result))}\n`);
  const results = await inOrder(files, untilNobodyAnswers(flags), tell);
  const problems = results.flatMap((result) => ('problem' in result ? [result] : []));
  const unasked = problems.find(({ isUnreached }) => isUnreached);
  if (unasked && problems.length === files.length) throw new Failure(unasked.problem);
  if (!flags.json)
    process.stdout.write(`${table([['file', 'intent', 'score', 'seconds', 'utterances'], ...results.map(rowOf)])}\n`);
  for (const result of results)
    if ('answer' in result && result.cutOff !== null) process.stderr.write(`${result.cutOff}\n`);
  if (problems.length > 0) throw new Failure(`${problems.length} of ${files.length} files could not be classified`);
};

/** Works on a few files at a time; gives results in the order of the files; shows progress on a terminal's standard error. */
const inOrder = async (
  files: readonly string[],
  work: (file: string) => Promise<Result>,
  tell: (result: Result) => void,
): Promise<Result[]> => {
  const results: Result[] = [];
  let next = 0;
  let done = 0;
  let told = 0;
  const worker = async () => {
    for (let index = next++; index < files.length; index = next++) {
      results[index] = await work(files[index]!);
      done++;
      for (let result = results[told]; result !== undefined; result = results[told]) {
        tell(result);
        told++;
      }
      if (process.stderr.isTTY) process.stderr.write(`\r${done}/${files.length}${done === files.length ? '\n' : ''}`);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
  return results;
};

/** Classifies a file; once ABREAST requests in a row have reached no server, reports that for all further files unasked. */
const untilNobodyAnswers = (flags: ClassifyFlags): ((file: string) => Promise<Result>) => {
  let inVain = 0;
  let problem = '';
  return async (file) => {
    if (inVain >= ABREAST) return { file, problem, isUnreached: true };
    const result = await classify(file, flags);
    const isUnreached = 'problem' in result && result.isUnreached === true;
    inVain = isUnreached ? inVain + 1 : 0;
    if (isUnreached) problem = result.problem;
    return result;
  };
};

const classify = async (file: string, flags: ClassifyFlags): Promise<Result> => {
  const body = await recordingIn(file).catch((problem: unknown) => reasonOf(problem));
  if (typeof body === 'string') return { file, problem: body };
  return ask(file, body, flags).catch((problem: unknown) => {
    if (!(problem instanceof Failure)) throw problem;
    return { file, problem: problem.message, isUnreached: true };
  });
};

/** Reads a file unless it is too large: a server answers that before it has read it all, which may break the connection. */
const recordingIn = async (file: string): Promise<Buffer> => {
  const { size } = await stat(file);
  if (size > MAX_RECORDING_BYTES) throw new Failure(tooLarge(size));
  const body = await readFile(file);
  // The size of a pipe is not known before it is read.
  if (body.length > MAX_RECORDING_BYTES) throw new Failure(tooLarge(body.length));
  return body;
};

const tooLarge = (length: number): string =>
  `message_too_large: it has ${length} bytes, of ${MAX_RECORDING_BYTES} at most: stream it (earshot stream --fast)`;

/** The server's answer about a recording; rejects with Failure where no Earshot server answers. */
const ask = async (file: string, body: Buffer, { url, model, topK, key }: ClassifyFlags): Promise<Result> => {
  const query = new URLSearchParams({
    ...(model === undefined ? {} : { model }),
    ...(topK === undefined ? {} : { top_k: topK }),
  });
  const response = await fetch(`${url}/v1/classify?${query.toString()}`, {
    method: 'POST',
    body,
    headers: bearerOf(key),
  }).catch((problem: unknown) => {
    throw unreached(url, problem);
  });
  const no = (what: string) =>
    new Failure(`${url} answers HTTP ${response.status} and ${what}: that is no Earshot server`);
  const said = (await response.json().catch(() => {
    throw no('no JSON');
  })) as Said | null;
  if (said?.error?.code !== undefined) return { file, problem: `${said.error.code}: ${said.error.message}` };
  if (said?.utterances === undefined) throw no('neither a verdict nor an error of Earshot');
  const wav = readWav(body);
  return { file, answer: said as ClassifyResponse, cutOff: wav.kind === 'audio' ? cutOffOf(file, wav) : null };
};

/** What an Earshot server answers: a verdict or an error. Of another server's JSON nothing is known. */
type Said = Partial<ClassifyResponse> & { readonly error?: { readonly code: string; readonly message: string } };

const jsonOf = (result: Result): object =>
  'problem' in result ? { file: result.file, error: result.problem } : { file: result.file, ...result.answer };

const rowOf = (result: Result): string[] => {
  if ('problem' in result) return [result.file, result.problem];
  const { answer, file } = result;
  return [
    file,
    intentOf(answer),
    answer.score.toFixed(2),
    (answer.audio_ms / 1000).toFixed(1),
    String(answer.utterances.length),
  ];
};
