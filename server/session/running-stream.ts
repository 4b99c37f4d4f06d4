import { Subject, type Subscription } from 'rxjs';
import { SAMPLE_BYTES } from '../audio/sample-format.js';
import type { Refusal } from '../domain/error-code.js';
import type { StreamEvent } from '../domain/stream-event.js';
import { milliseconds, type Milliseconds } from '../domain/units.js';
import { createIntentPipeline } from '../pipeline/intent-pipeline.js';
import type { Valve } from '../pipeline/flow-gate.js';
import type { StreamInput } from '../pipeline/stream-input.js';
import type { CallerMessage, SettingsChange, StreamConfig, StreamTotals } from './caller.js';
import type { ModelUser, ServedModel } from './served-model.js';
import type { Account } from './accounts.js';
import type { SessionContext } from './session-context.js';
import type { StreamOrigin, StreamTrace } from './tracing.js';
import { StreamTally } from './stream-tally.js';

/** The totals of a stream that never began. */
export const NOTHING_HEARD: StreamTotals = {
  audioMs: milliseconds(0),
  frames: 0,
  utterances: 0,
  gapMs: milliseconds(0),
};

/** Receives what a stream's pipeline reports. */
export interface StreamListener extends Valve, ModelUser {
  /** The pipeline has an event to announce. */
  announced(event: StreamEvent): void;
  warned(code: string, message: string): void;
  /** Everything before this stream time has been announced. */
  settled(to: Milliseconds): void;
  /** Settings were changed; `config` is what is in force now. */
  configured(config: StreamConfig): void;
  failed(cause: unknown): void;
  refuse(why: Refusal): void;
  /** Everything has been announced. */
  completed(): void;
}

/** What a stream shares with all others, and its own account and origin. */
export interface StreamContext extends SessionContext {
  readonly account: Account;
  readonly origin: Omit<StreamOrigin, 'identity'>;
}

/** The messages that take effect in the order of a stream's audio. */
export type StreamChange = Extract<CallerMessage, { kind: 'audio' | 'finalize' | 'configure' }>;

/** Runs one stream's audio through its pipeline; does not know the caller. */
export class RunningStream {
  private readonly inputs = new Subject<StreamInput>();
  private readonly announcing: Subscription;
  private readonly tally: StreamTally;
  private readonly leaveModel: () => void;
  private readonly trace: StreamTrace | null;
  private readonly bytesPerSecond: number;
  private hasWarned = false;

  constructor(
    model: ServedModel,
    private config: StreamConfig,
    private readonly context: StreamContext,
    private readonly listener: StreamListener,
  ) {
    this.bytesPerSecond = SAMPLE_BYTES[config.audio.encoding] * config.audio.sampleRate;
    this.leaveModel = model.use(listener);
    const identity = context.account.identity.name;
    this.trace = context.tracing?.begin({ ...context.origin, identity }, config, model.card.version) ?? null;
    const pipeline = createIntentPipeline({
      audio: config.audio,
      card: model.card,
      hop: config.hop,
      announcing: config,
      classify: model.classify,
      tenant: identity,
      valve: listener,
      maxFramesUnderWay: context.maxFramesUnderWay,
      now: () => context.clock.now(),
      warn: (code, message) => listener.warned(code, message),
      settled: (to) => {
        this.tally.tellAudio();
        listener.settled(to);
      },
      watcher: this.trace,
    });
    this.tally = new StreamTally(pipeline.totals, context.observer);
    this.announcing = pipeline.events(this.inputs).subscribe({
      next: (event) => listener.announced(event),
      error: (cause: unknown) => listener.failed(cause),
      complete: () => listener.completed(),
    });
  }

  get totals(): StreamTotals {
    return this.tally.totals;
  }

  /** Counts an event; `isLeftOut` where it is not sent, because the caller reads too slowly. */
  count(event: StreamEvent, isLeftOut: boolean): void {
    this.tally.count(event, isLeftOut);
  }

  take(change: StreamChange): void {
    const arrivedAt = this.context.clock.now();
    const refused = change.kind === 'audio' ? this.charge(change.bytes.length / this.bytesPerSecond) : null;
    if (refused) this.listener.refuse(refused);
    else if (change.kind === 'audio') this.inputs.next({ kind: 'audio', bytes: change.bytes, arrivedAt });
    else if (change.kind === 'finalize') this.inputs.next({ kind: 'finalize', arrivedAt });
    else this.configure(change.change);
  }

  /** Ends the audio: what is held is classified, then the listener's `completed` is called. */
  finish(): void {
    this.inputs.complete();
  }

  /** Stops all reports; `how` is the name of the stream's end, as in the metrics. */
  stop(how: string): void {
    this.announcing.unsubscribe();
    this.tally.tellAudio();
    this.leaveModel();
    this.trace?.ended(how, this.totals);
  }

  /** Charges audio, over all channels, to the caller's account; warns once when the allowance is nearly used up. */
  private charge(seconds: number): Refusal | null {
    const { account } = this.context;
    const refused = account.hear(seconds);
    const warning = this.hasWarned || refused ? null : account.warning;
    if (warning === null) return refused;
    this.hasWarned = true;
    this.listener.warned('audio_allowance', warning);
    return null;
  }

  private configure({ silence, maxUtterance, ...change }: SettingsChange): void {
    const { endpointing, threshold, ...before } = this.config;
    this.config = {
      ...before,
      ...change,
      threshold: change.threshold ?? threshold,
      endpointing: { silence: silence ?? endpointing.silence, maxUtterance: maxUtterance ?? endpointing.maxUtterance },
    };
    this.listener.configured(this.config);
    this.inputs.next({ kind: 'configure', announcing: this.config });
  }
}
