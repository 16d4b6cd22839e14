import type { FixedDetectorSettings } from '../../shared/rpc/monitoring-settings.ts';
import type { Clock } from '../../shared/time/clock.ts';

/** What the fixed detector found out about one node since it was switched on. */
export interface FixedReport {
  readonly dead: boolean;
  /** How often it called the node dead. */
  readonly deaths: number;
  /** When it did so last; wall clock, ms. */
  readonly deadAt?: number;
}

/**
 * The detector of textbooks: a node is dead after a fixed silence. It runs beside phi for comparison, and decides
 * nothing.
 */
export interface FixedDetector {
  /**
   * Looks at one node. `heardAt`: its last heartbeat, monotonic ms; undefined while it is not expected to send any.
   * `settings`: false = the detector is off, and forgets everything.
   */
  readonly look: (node: string, heardAt: number | undefined, settings: FixedDetectorSettings | false) => void;
  /** Undefined while it is off. */
  readonly report: (node: string) => FixedReport | undefined;
}

export function createFixedDetector(nodes: readonly string[], clock: Clock): FixedDetector {
  const alive: FixedReport = { dead: false, deaths: 0 };
  let inForce: FixedDetectorSettings | false = false;
  let reports = new Map<string, FixedReport>();
  return {
    look(node, heardAt, settings) {
      if (settings !== inForce) {
        inForce = settings;
        reports = settings === false ? new Map() : new Map(nodes.map((each) => [each, alive]));
      }
      const report = reports.get(node);
      if (settings === false || report === undefined) return;
      const dead = heardAt !== undefined && clock.now() - heardAt > settings.deadAfterMs;
      if (dead === report.dead) return;
      reports.set(node, dead ? { dead, deaths: report.deaths + 1, deadAt: clock.wall() } : { ...report, dead });
    },
    report: (node) => reports.get(node),
  };
}
