// Every node's middleware sends heartbeats, so the contract is in shared/membership. It is also here, where every component has its own.
export { Digest, Heartbeat, monitor, type OrderDigest } from '../../shared/membership/contract.ts';
/** What the public routes answer with. */
export {
  orderWords,
  phases,
  type Incident,
  type IncidentOutcome,
  type OrderNote,
  type OrderResult,
} from './incident.ts';
export type { RepairOrder } from './repair-policy.ts';
