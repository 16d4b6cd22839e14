// The contract is in shared/membership, because every node needs it. This file exports it, as in every component
// folder.
export type { Heartbeat } from '../../shared/membership/heartbeat-receiver.ts';
export { Digest, monitor, type OrderDigest, type SealedDigest } from '../../shared/membership/contract.ts';
/** The answers of the public routes. */
export {
  orderWords,
  repairTimes,
  type Incident,
  type IncidentOutcome,
  type OrderNote,
  type OrderResult,
} from './incident.ts';
export type { StateChange } from './state-changes.ts';
export type { AvailabilityReport } from './availability-report.ts';
export type { RepairOrder } from './repair-policy.ts';
