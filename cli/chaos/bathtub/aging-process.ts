import { causesOf, repairTimeOf, type Bathtub, type Spell } from '../../../services/chaos/bathtub/lives.ts';
import { nextFailure, type Cause } from '../../../services/chaos/bathtub/weibull.ts';
import { seededRandom } from '../../../shared/time/random.ts';

/** A watchdog's report about one process at one time (ms): running and ready, or not. */
export interface Observation {
  readonly atMs: number;
  readonly pid: number | null;
  readonly ready: boolean;
}

/** The drawn failure is due: the process is to be killed, and to stay down for this time. */
export interface DueFailure {
  readonly repairMs: number;
}

interface Running {
  readonly pid: number;
  readonly sinceMs: number;
  readonly failsAtMs: number;
  readonly cause: Cause;
}

/**
 * The life of one real process. When the process is seen running, its next failure is drawn from its age, and `observe`
 * returns this failure when it is due. The age grows only while the process runs. A restart keeps the age. If the cause
 * of a failure is in `replaceAfter`, the part is replaced, so the age begins at 0. An exit that was not ordered here,
 * such as a monitor's restart, ends a spell and is no failure.
 */
export function createAgingProcess(bathtub: Bathtub, seed: number | string) {
  const random = seededRandom(`bathtub ${seed}`);
  const causes = causesOf(bathtub);
  const replaceAfter: readonly string[] = bathtub.replaceAfter;
  const spells: Spell[] = [];
  let ageMs = 0;
  let running: Running | undefined;
  let ordered = false;

  function end({ sinceMs, cause }: Running, atMs: number): void {
    const toAgeMs = ageMs + atMs - sinceMs;
    spells.push({ fromAgeMs: ageMs, toAgeMs, failed: ordered });
    ageMs = ordered && replaceAfter.includes(cause.name) ? 0 : toAgeMs;
    running = undefined;
    ordered = false;
  }

  return {
    observe({ atMs, pid, ready }: Observation): DueFailure | undefined {
      // Another process number means that the process ended in between, even if no observation shows it.
      if (running && running.pid !== pid) end(running, atMs);
      if (!running && ready && pid !== null) {
        const { cause, inMs } = nextFailure(causes, ageMs, random);
        running = { pid, sinceMs: atMs, failsAtMs: atMs + inMs, cause };
      }
      if (!running || ordered || atMs < running.failsAtMs) return undefined;
      ordered = true;
      return { repairMs: repairTimeOf(bathtub)(random) };
    },
    /** Ends the observation. A process that still runs counts with the time that it ran. */
    stop(atMs: number): readonly Spell[] {
      ordered = false;
      if (running) end(running, atMs);
      return spells;
    },
    failures: (): number => spells.filter(({ failed }) => failed).length,
  };
}
