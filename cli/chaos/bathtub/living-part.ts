import { causesOf, lognormal, type Bathtub, type Spell } from '../../../services/chaos/bathtub/lives.ts';
import { nextFailure, type Cause } from '../../../services/chaos/bathtub/weibull.ts';
import { seededRandom } from '../../../shared/time/random.ts';

/** What a watchdog says of one process at a time (ms): running and ready, or not. */
export interface Sight {
  readonly atMs: number;
  readonly pid: number | null;
  readonly ready: boolean;
}

/** Its time has come: it is to be killed, and to stay down for so long. */
export interface Death {
  readonly repairMs: number;
}

interface Running {
  readonly pid: number;
  readonly sinceMs: number;
  readonly diesAtMs: number;
  readonly cause: Cause;
}

/**
 * The life of one real process. When it is seen running, its next failure is drawn from its age; `see` gives the
 * order when that is due. Age grows only while it runs: a restart keeps it, a new part (after the causes of
 * `replaceAfter`) begins at 0. Deaths that nobody ordered, such as a monitor's restart, end a spell without being
 * failures.
 */
export function createLivingPart(bathtub: Bathtub, seed: number | string) {
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
    see({ atMs, pid, ready }: Sight): Death | undefined {
      // Another process number is a death in between, even when no look fell into it.
      if (running && running.pid !== pid) end(running, atMs);
      if (!running && ready && pid !== null) {
        const { cause, inMs } = nextFailure(causes, ageMs, random);
        running = { pid, sinceMs: atMs, diesAtMs: atMs + inMs, cause };
      }
      if (!running || ordered || atMs < running.diesAtMs) return undefined;
      ordered = true;
      return { repairMs: lognormal(bathtub.repair.medianMs, bathtub.repair.sigma, random) };
    },
    /** The watch is over: what still runs counts with the time that it ran. */
    stop(atMs: number): readonly Spell[] {
      ordered = false;
      if (running) end(running, atMs);
      return spells;
    },
    failures: (): number => spells.filter(({ failed }) => failed).length,
  };
}
