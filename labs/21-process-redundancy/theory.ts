import { settings } from '../../services/monitor/settings.ts';
import { heartbeatIntervalMs } from '../../shared/membership/heartbeat.ts';
import { createPhiDetector } from '../../shared/membership/phi.ts';
import type { StandbyKind } from '../../shared/membership/fencing.ts';

/** How long a node that sent regular heartbeats must be silent until the monitor asks its watchdog about it, ms. */
function doubtAfterMs(): number {
  const detector = createPhiDetector({ expectedIntervalMs: heartbeatIntervalMs });
  const beats = 20;
  for (let i = 0; i < beats; i++) detector.hear({ incarnation: 1, sequence: i }, i * heartbeatIntervalMs);
  let silentMs = heartbeatIntervalMs;
  while (detector.phi((beats - 1) * heartbeatIntervalMs + silentMs) < settings.probePhi) silentMs++;
  return silentMs;
}

/**
 * The mean parts of a downtime, ms. Each follows from a setting of the system.
 *
 *   lost --detect--> crashed --order--> promoted --hear--> the standby serves --hear--> the user knows
 */
export const parts = {
  /** The last heartbeat came half an interval before the loss, on average. The monitor looks 8 times a second. */
  detectMs: doubtAfterMs() - heartbeatIntervalMs / 2 + settings.lookMs / 2,
  /** The restart is refused. The monitor promotes the standby at the end of the current window: 1 to 4 looks later. */
  orderMs: (settings.windowMs + settings.lookMs) / 2,
  /** A node hears of a new view with the answer to its next heartbeat. */
  hearMs: heartbeatIntervalMs / 2,
} as const;

/** The mean downtime with a standby of this kind, ms. */
export function downtimeMs(kind: StandbyKind, startMs: number, loadMs: number): number {
  const { detectMs, orderMs, hearMs } = parts;
  const ready: Record<StandbyKind, number> = {
    hot: hearMs,
    warm: hearMs + loadMs,
    // Nobody has to hear anything: the watchdog starts the process.
    cold: startMs + loadMs,
  };
  return detectMs + orderMs + ready[kind] + hearMs;
}
