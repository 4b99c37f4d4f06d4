import { refusal, type Refusal } from '../domain/error-code.js';
import type { Identity, Rights } from '../domain/identity.js';
import type { Clock } from '../domain/clock.js';
import { HourlySum } from './hourly-sum.js';

/** A caller is warned when it has used this share of its audio allowance. */
const NEARLY = 0.9;
const SWEEP_EVERY_MS = 60_000;

interface Usage {
  streams: number;
  readonly heard: HourlySum;
}

/** What one caller uses of its allowance, over all its connections; each connection or request has an Account of its own. */
export class Account {
  private isCounted = false;

  constructor(
    readonly identity: Identity,
    private readonly usageOf: (name: string) => Usage,
    private readonly clock: Clock,
  ) {}

  /** Looked up each time, because unused entries are deleted. */
  private get usage(): Usage {
    return this.usageOf(this.identity.name);
  }

  get rights(): Rights {
    return this.identity.rights;
  }

  /** Whether this is counted as one of the caller's open streams. */
  get hasPlace(): boolean {
    return this.isCounted;
  }

  /** Why the caller may open no further stream here; null where it may, or has. */
  get refusal(): Refusal | null {
    const { maxStreams } = this.rights;
    return this.isCounted || maxStreams === null || this.usage.streams < maxStreams
      ? null
      : refusal(
          'too_many_sessions',
          `${this.usage.streams} streams are open with these credentials, which may have ${maxStreams}`,
        );
  }

  opened(): void {
    if (!this.isCounted) this.usage.streams += 1;
    this.isCounted = true;
  }

  closed(): void {
    if (this.isCounted) this.usage.streams -= 1;
    this.isCounted = false;
  }

  /** Counts audio, in seconds, before it is taken in; gives the reason, and counts nothing, where it is refused. */
  hear(seconds: number): Refusal | null {
    const { audioSecondsPerHour: limit } = this.rights;
    if (limit === null) return null;
    const now = this.clock.now();
    const heard = this.usage.heard.at(now);
    if (heard + seconds > limit)
      return refusal('rate_exceeded', `${limit} s of audio within an hour are all that these credentials may send`);
    this.usage.heard.add(seconds, now);
    return null;
  }

  /** A sentence once the allowance of audio is nearly used up; null before, and where there is no limit. */
  get warning(): string | null {
    const { audioSecondsPerHour: limit } = this.rights;
    if (limit === null) return null;
    const heard = this.usage.heard.at(this.clock.now());
    return heard < limit * NEARLY
      ? null
      : `${Math.round(heard)} of ${limit} s of audio within an hour have been sent with these credentials`;
  }
}

/** Every caller's account. Entries without open streams and without audio in the last hour are deleted. */
export class Accounts {
  private readonly usages = new Map<string, Usage>();
  private sweptAt = 0;

  constructor(private readonly clock: Clock) {}

  of(identity: Identity): Account {
    this.sweep();
    return new Account(identity, (name) => this.usageOf(name), this.clock);
  }

  private usageOf(name: string): Usage {
    const usage = this.usages.get(name) ?? { streams: 0, heard: new HourlySum() };
    this.usages.set(name, usage);
    return usage;
  }

  private sweep(): void {
    const now = this.clock.now();
    if (now - this.sweptAt < SWEEP_EVERY_MS) return;
    this.sweptAt = now;
    for (const [name, { streams, heard }] of this.usages)
      if (streams === 0 && heard.at(now) === 0) this.usages.delete(name);
  }
}
