import { readFileSync } from 'node:fs';
import { parseProcessStat } from '../../process-stat.ts';
import type { Clock } from '../../time/clock.ts';
import type { Scheduler, Timer } from '../../time/scheduler.ts';
import type { Child } from './child.ts';

/**
 * The state of the main loop of one process. `cpuMs`: the processor time that its main thread had used at the last
 * look, or when it was asked.
 */
export type LoopState =
  | { readonly state: 'quiet'; readonly cpuMs: number; readonly at: number }
  | { readonly state: 'asked'; readonly cpuMs: number };

export interface LoopLook {
  readonly cpuMs: number;
  readonly now: number;
  /** The loop has answered since it was asked. */
  readonly answered: boolean;
}

const loopLimits = {
  /**
   * Share of a core since the last look. A process that used less is not asked. The share is low, because on a busy
   * machine a blocked process gets little.
   */
  busyShare: 0.1,
  /**
   * Processor time of its own that a loop may take to answer, ms. A garbage collection takes tenths of a second, a
   * normal request less.
   */
  patienceMs: 3_000,
} as const;

/**
 * Whether a main loop is blocked: it was busy, it was asked over IPC, and it did not answer, although it has used
 * `patienceMs` of processor time since the question. Only the loop itself can answer over IPC; a helper thread cannot.
 * Processor time counts instead of real time, so a process that is stopped (SIGSTOP) or gets no processor is not
 * blamed.
 */
export function stepLoop(
  state: LoopState | undefined,
  { cpuMs, now, answered }: LoopLook,
): { next: LoopState; do: 'nothing' | 'ask' | 'kill' } {
  const quiet: LoopState = { state: 'quiet', cpuMs, at: now };
  if (state === undefined || (state.state === 'asked' && answered)) return { next: quiet, do: 'nothing' };
  if (state.state === 'asked')
    return { next: state, do: cpuMs - state.cpuMs >= loopLimits.patienceMs ? 'kill' : 'nothing' };
  const busy = now > state.at && (cpuMs - state.cpuMs) / (now - state.at) >= loopLimits.busyShare;
  return busy ? { next: { state: 'asked', cpuMs }, do: 'ask' } : { next: quiet, do: 'nothing' };
}

/**
 * The time in ms between two looks at a process. A look costs the watchdog about 20 µs. It costs an idle node nothing.
 */
const lookEveryMs = 1_000;
/** The kernel's unit in /proc (CLK_TCK), ms: 100 a second on every Linux that Node.js runs on. */
const tickMs = 10;

/**
 * Processor time that the main thread of a process has used, ms; undefined if the process is gone, or if the system has
 * no /proc.
 */
export function mainThreadCpuMs(pid: number): number | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'latin1')).cpuTicks * tickMs;
  } catch {
    return undefined;
  }
}

export interface LoopCheckOptions {
  readonly children: () => Iterable<Child>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly cpuMs?: (pid: number) => number | undefined;
  /** Called with a sentence that says which process is killed, and why. */
  readonly onKill: (text: string) => void;
}

/**
 * Kills nodes whose main loop is blocked; they are restarted like nodes that crashed. Only nodes that are ready are
 * checked, because opening an index may take long.
 */
export function watchLoops({ children, clock, scheduler, cpuMs = mainThreadCpuMs, onKill }: LoopCheckOptions): Timer {
  const known = new Map<string, { pid: number; loop: LoopState; answered: boolean }>();

  function look(child: Child): void {
    const state = child.state();
    const used = state.state === 'ready' ? cpuMs(state.pid) : undefined;
    if (state.state !== 'ready' || used === undefined) return void known.delete(child.id);
    const before = known.get(child.id);
    const same = before?.pid === state.pid ? before : undefined;
    const { next, do: what } = stepLoop(same?.loop, {
      cpuMs: used,
      now: clock.now(),
      answered: same?.answered ?? false,
    });
    const entry = same ?? { pid: state.pid, loop: next, answered: false };
    entry.loop = next;
    known.set(child.id, entry);
    if (what === 'ask') {
      entry.answered = false;
      child.ask(() => void (entry.answered = true));
    }
    if (what !== 'kill') return;
    known.delete(child.id);
    onKill(
      `${child.id}: its main loop did not answer for ` +
        `${loopLimits.patienceMs / 1_000} s of its own processor time; killed`,
    );
    child.signal('SIGKILL');
  }

  return scheduler.every(lookEveryMs, () => {
    for (const child of children()) look(child);
  });
}
