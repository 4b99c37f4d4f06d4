import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { CallRecord } from './call-record.js';
import { Caller, type Desk } from './caller.js';
import { connect } from './connection.js';
import { durations, percentileMs, recordMs } from './histogram.js';
import { watchLoopDelay } from './loop-delay.js';
import { SPEAKERS, type CallerPlan } from './plan.js';
import { sharedClock } from './shared-clock.js';
import { tapeKey } from './tape.js';
import { packFrames, UP, type FrameFigures, type ThreadReport, type ThreadTask } from './thread-report.js';
import { TimerWheel } from './timer-wheel.js';

/** A worker thread of virtual callers: it plays its task and reports meanwhile; its last report tells how late it was itself. */
const REPORT_MS = 250;
/** Pause between two calls of the same caller. */
const REDIAL_MS = 50;

const { plan, addresses, tapes } = workerData as ThreadTask;
parentPort!.postMessage(UP);
const [origin] = (await once(parentPort!, 'message')) as [number];

const measured = { from: plan.windows[0]!.from, to: plan.windows.at(-1)!.to };
const isMeasured = (at: number): boolean => at - origin >= measured.from && at - origin < measured.to;

const lag = durations();
const newestLag = durations(2);
const loopDelay = durations();
let open = 0;
let frames: FrameFigures[] = [];
let calls: CallRecord[] = [];
let underWay = plan.callers.length;

const tell = (report: ThreadReport): void => parentPort!.postMessage(report);

const report = (): void => {
  tell({ kind: 'progress', frames: packFrames(frames), calls, open, lagP99: percentileMs(newestLag, 99) });
  newestLag.reset();
  frames = [];
  calls = [];
  if (underWay === 0) tell({ kind: 'done', lag, loopDelay });
  else setTimeout(report, REPORT_MS);
};

const desk: Desk = {
  clock: sharedClock,
  wheel: new TimerWheel(sharedClock),
  ...plan,
  connect: ({ transport }, listener) => connect(transport, addresses, listener),
  tapeFor: (caller) => tapes.get(tapeKey(caller))!,
  sent: ({ group }, due, at) => {
    if (group !== SPEAKERS || !isMeasured(due)) return;
    recordMs(lag, at - due);
    recordMs(newestLag, at - due);
  },
  answered: ({ group }, due, { at, latency, isGap }) => {
    if (group !== SPEAKERS) return;
    const { queue = NaN, infer = NaN, total = NaN } = latency ?? {};
    frames.push({ due: due - origin, latency: at - due, queue, infer, total, isGap });
  },
  opened: () => void (open += 1),
  ended: (caller, record) => {
    calls.push(record);
    if (record.readyMs !== null) open -= 1;
    if (!callsAgain(caller)) underWay -= 1;
  },
};

const callsAgain = (caller: CallerPlan): boolean => {
  const from = sharedClock.now() - origin + REDIAL_MS;
  if (caller.callMs === undefined || from >= caller.span.to) return false;
  new Caller({ ...caller, span: { from, to: caller.span.to } }, origin, desk);
  return true;
};

for (const caller of plan.callers) new Caller(caller, origin, desk);
watchLoopDelay(sharedClock, loopDelay, () => isMeasured(sharedClock.now()));
report();
