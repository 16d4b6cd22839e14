import { faultsAt } from '../../../services/chaos/control-port.ts';
import { answered, opsAnswers, twinOf, type Victim } from './victim.ts';

/** The measured effect at the victim, in words; undefined = nothing unusual. */
export type Effect = (victim: Victim) => Promise<string | undefined>;

const ms = (value: number): string => `${value.toFixed(0)} ms`;

/** An answer that is right, and `extraMs` later than usual. */
export const late =
  (extraMs: number, asks = 1): Effect =>
  async (victim) => {
    for (let i = 0; i < asks; i++) {
      const { tookMs } = await victim.ask({ timeoutMs: extraMs * 4 + 2_000 });
      if (tookMs >= victim.usualMs + extraMs) return `an answer after ${ms(tookMs)}, usually ${ms(victim.usualMs)}`;
    }
    return undefined;
  };

/** Some answers are late and others are in time; both must be seen. */
export const lateInTurns =
  (extraMs: number, asks: number): Effect =>
  async (victim) => {
    const times: number[] = [];
    for (let i = 0; i < asks; i++) {
      times.push((await victim.ask({ timeoutMs: extraMs * 4 + 2_000 })).tookMs);
      await new Promise((resolve) => setTimeout(resolve, extraMs / 3));
    }
    const slow = times.filter((took) => took >= victim.usualMs + extraMs * 0.8).length;
    return slow > 0 && slow < asks
      ? `${slow} of ${asks} answers later than ${ms(extraMs)}, the others in time`
      : undefined;
  };

const failing =
  (failure: string, words: string, options: { caller?: string } = {}): Effect =>
  async (victim) => {
    const outcome = await victim.ask({ ...options, timeoutMs: 1_500 });
    return !outcome.ok && outcome.failure === failure ? words : undefined;
  };

export const refusedAndDead: Effect = async (victim) => {
  const outcome = await victim.ask();
  if (outcome.ok || outcome.failure !== 'refused') return undefined;
  return !(await opsAnswers(victim)) ? 'connections refused at the data port and at the ops port' : undefined;
};

export const refusedButAlive: Effect = async (victim) => {
  const outcome = await victim.ask();
  if (outcome.ok || outcome.failure !== 'refused') return undefined;
  return (await opsAnswers(victim)) ? 'connections refused; its ops port answers' : undefined;
};

/** Both measurements run at the same time, because the cluster soon repairs itself. */
export const silentAndStopped: Effect = async (victim) => {
  const [outcome, alive] = await Promise.all([victim.ask({ timeoutMs: 800 }), opsAnswers(victim, 800)]);
  const silent = !outcome.ok && outcome.failure === 'timeout' && !alive;
  return silent ? 'connections accepted, no answer in 0.8 s, its ops port silent, too' : undefined;
};

/** Messages of one caller vanish. */
export const silentFor = (caller: string): Effect =>
  failing('timeout', `nothing arrives from ${caller}: no answer in 1.5 s`, { caller });

export const resetFor = (caller: string): Effect =>
  failing('reset', `the connection of ${caller} is reset`, { caller });

export const lateFor =
  (caller: string, extraMs: number): Effect =>
  async (victim) => {
    const { tookMs } = await victim.ask({ caller, timeoutMs: extraMs * 4 + 2_000 });
    return tookMs >= victim.usualMs + extraMs
      ? `an answer to ${caller} after ${ms(tookMs)}, usually ${ms(victim.usualMs)}`
      : undefined;
  };

/** The same question gets another answer than before, in the node's own name. */
export const wrong: Effect = async (victim) => {
  for (let i = 0; i < 4; i++) {
    const outcome = await victim.ask();
    if (outcome.ok && !victim.isTrue(outcome)) return 'the same question gets another answer than before';
  }
  return undefined;
};

/** The node gives the answer of one question to another question. */
export const replayed: Effect = async (victim) => {
  const first = await victim.ask();
  const other = await victim.askOther();
  const wrongOne = (first.ok && !victim.isTrue(first)) || (other.ok && !victim.isTrueOther(other));
  return wrongOne ? 'the answer to another question' : undefined;
};

export const inAnotherName =
  (name: string): Effect =>
  async (victim) => {
    const outcome = await victim.ask();
    return outcome.ok && outcome.servedBy[0] === name ? `it answers in the name of ${name}` : undefined;
  };

/** Different callers get different answers. */
export const twoTongued =
  (callers: readonly string[]): Effect =>
  async (victim) => {
    const truths = await Promise.all(callers.map(async (caller) => victim.isTrue(await victim.ask({ caller }))));
    const deceived = callers.filter((_, i) => !truths[i]);
    if (deceived.length === 0 || deceived.length === callers.length) return undefined;
    return `${deceived[0]} gets another answer than ${callers.find((_, i) => truths[i])}`;
  };

/** A question whose true answer changes all the time (how long a fault still lasts) gets the same answer twice. */
export const stale: Effect = async (victim) => {
  const [first, second] = [await victim.ask(), await victim.ask()];
  if (!first.ok || !second.ok || (first.body as { active: unknown[] }).active.length === 0) return undefined;
  return JSON.stringify(first.body) === JSON.stringify(second.body)
    ? 'the remaining time does not fall: the answer is an old one'
    : undefined;
};

/** Fresh connections reach two processes. */
export const twoProcesses: Effect = async (victim) => {
  const twin = await twinOf(victim);
  if (twin?.opsPort === undefined) return undefined;
  const ports = [{ url: `http://${victim.node.host}:${twin.opsPort}` }, { url: victim.opsPort.url }];
  const operation = 'plan';
  const before = await Promise.all(ports.map((port) => answered(port, operation)));
  await Promise.all(Array.from({ length: 24 }, () => victim.ask()));
  const after = await Promise.all(ports.map((port) => answered(port, operation)));
  return after.every((count, i) => count > before[i]!)
    ? `two processes answer at one address: ${twin.pid} is the second`
    : undefined;
};

/** One request is executed more than once. */
export const carriedOutTwice =
  (caller: string, operation: string): Effect =>
  async (victim) => {
    const before = await answered(victim.opsPort, operation);
    const asked = 5;
    for (let i = 0; i < asked; i++) await victim.ask({ caller });
    const done = (await answered(victim.opsPort, operation)) - before;
    return done >= asked * 2 ? `${asked} questions were answered ${done} times` : undefined;
  };

export const wrongClock =
  (offsetMs: number): Effect =>
  async (victim) => {
    const { wallMs = Date.now() } = await faultsAt(victim.opsPort, victim.token);
    const offMs = wallMs - Date.now();
    return Math.abs(offMs - offsetMs) < offsetMs / 2 ? `its clock is ${(offMs / 1_000).toFixed(1)} s off` : undefined;
  };

/** The negative control: everything as before. */
export const asBefore: Effect = async (victim) => {
  const outcome = await victim.ask();
  return victim.isTrue(outcome) ? `as before, after ${ms(outcome.tookMs)}` : undefined;
};
