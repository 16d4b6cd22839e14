import type { Role } from '../../shared/cluster/role.ts';
import type { CallEvidence } from '../../shared/membership/call-evidence.ts';
import type { HeartbeatSender } from '../../shared/membership/heartbeat.ts';
import type { SelfReport } from '../../shared/membership/self-report.ts';

export interface ReportSources {
  readonly evidence?: () => CallEvidence[];
  readonly self?: () => SelfReport;
}

/** One process of a simulated cluster. */
export interface SimulatedProcess {
  state: 'stopped' | 'starting' | 'up' | 'hung' | 'down' | 'held';
  incarnation: number;
  heartbeatSender: HeartbeatSender | undefined;
  stalledUntil: number;
  evidence: CallEvidence[];
  sources: ReportSources;
  role: Role | undefined;
  /** It has loaded what it needs to serve. */
  isOpen: boolean;
  /** Until then its watchdog does not answer. */
  machinePausedUntil: number;
}

export const stoppedProcess = (): SimulatedProcess => ({
  state: 'stopped',
  incarnation: 0,
  heartbeatSender: undefined,
  stalledUntil: 0,
  evidence: [],
  sources: {},
  role: undefined,
  isOpen: false,
  machinePausedUntil: 0,
});
