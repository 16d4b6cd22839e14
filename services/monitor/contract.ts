// The contract is in shared/membership, where nodes find it. It is also here, where every component has its own.
export type { Heartbeat } from '../../shared/membership/heartbeat-receiver.ts';
export { Digest, monitor, type OrderDigest, type SealedDigest } from '../../shared/membership/contract.ts';
/** What the public routes answer with. */
export {
  orderWords,
  phases,
  type Incident,
  type IncidentOutcome,
  type OrderNote,
  type OrderResult,
} from './incident.ts';
export type { StateChange } from './state-changes.ts';
export type { AvailabilityReport } from './availability-report.ts';
export type { RepairOrder } from './repair-policy.ts';
