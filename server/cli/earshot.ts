#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { classifyCommand } from './classify-command.js';
import { doctorCommand } from './doctor-command.js';
import { Failure } from './failure.js';
import { keysCommand } from './keys-command.js';
import { modelsCommand } from './models-command.js';
import { serveCommand } from './serve-command.js';
import { streamCommand } from './stream-command.js';
import { VERSION } from './version.js';

const WRONG_USAGE = 2;

const program = new Command('earshot')
  .description('Real-time spoken intents: streams of speech in, rolling intent predictions out.')
  .version(VERSION)
  .showHelpAfterError('(add --help for what is possible)')
  .addHelpText(
    'after',
    '\nExamples:\n  earshot serve\n  earshot stream samples/freeze-card-8k-mulaw.wav\n  earshot classify samples/*.wav\n\nExit codes: 0 good, 1 failed, 2 wrong usage.',
  );
for (const create of [serveCommand, streamCommand, classifyCommand, modelsCommand, keysCommand, doctorCommand])
  program.addCommand(create());
for (const command of [program, ...program.commands]) command.exitOverride();
// If the reader of standard output stops reading, as `| head` does, a command has nothing left to do, but a server has.
program.hook('preAction', (_, command) => {
  if (command.name() !== 'serve') process.stdout.on('error', endUnread);
});

const endUnread = (problem: NodeJS.ErrnoException): never => {
  if (problem.code === 'EPIPE') process.exit();
  process.stderr.write(`earshot: what it says cannot be written: ${problem.message}\n`);
  process.exit(1);
};

/** The exit code for what ended a command: 0 for help and version; any other end by commander means wrong usage. */
const exitCodeOf = (problem: unknown): number => {
  if (problem instanceof CommanderError) return problem.exitCode === 0 ? 0 : WRONG_USAGE;
  if (!(problem instanceof Failure)) throw problem;
  process.stderr.write(`earshot: ${problem.message}\n`);
  return problem.exitCode;
};

try {
  await program.parseAsync();
} catch (problem) {
  process.exitCode = exitCodeOf(problem);
}
