import type { Verdict } from '../../shared/membership/verdict.ts';
import type { IncidentOutcome, OrderResult, RepairOrder } from '../monitor/contract.ts';
import type { MemberState } from '../../shared/membership/view.ts';

/*
 * The meaning of the console's words, for new readers. The `tierlab` command uses the same words. If a word is missing
 * here, the code does not compile.
 */

export const stateMeanings: Readonly<Record<MemberState | 'unknown', string>> = {
  // A node whose heartbeats are late stays alive until it is a suspect, because callers may still reach it.
  alive: 'callers use it',
  starting: 'it runs, but callers do not use it yet',
  suspect: 'silent for longer than usual',
  dead: 'silent for so long that callers do not use it',
  draining: 'stopping, or taken out because it limps',
  quarantined: 'taken out because it lies',
  standby: 'healthy, and ready to replace another node',
  unknown: 'no monitor has reported it',
};

/** Signs at a node in the picture; the names of injected faults stand there, too. */
export const badgeMeanings = {
  leader: 'this monitor takes out nodes that limp or lie; the other monitors wait for its orders',
  'ejected by 2': 'this many callers avoid the node for a while, because it was slow or failed',
  'circuit open': 'too many of its calls to a component failed, so the node does not call it for a while',
} as const;

export const verdictMeanings: Readonly<Record<Verdict, string>> = {
  healthy: 'nothing is wrong with it',
  crashed: 'its process has ended',
  hung: 'its process is there, but does not answer',
  limping: 'it answers, but much later than its peers',
  lying: 'its answers are wrong, and look right',
  partitioned: 'it is healthy, but messages do not get through',
  overloaded: 'it gets more requests than it can answer',
};

export const outcomeMeanings: Readonly<Record<IncidentOutcome, string>> = {
  open: 'not over yet',
  repaired: 'healthy again, after at least one repair order',
  passed: 'it ended without a repair order',
  doubt: 'a suspicion that never became a diagnosis; "npm run -s tierlab -- incidents --doubts" lists these',
};

export const orderResultMeanings: Readonly<Record<OrderResult, string>> = {
  done: 'carried out; the list omits this word',
  already: 'the watchdog had done it by itself, or another monitor had given the same order',
  stale: 'it was about an earlier process of the node; a new process runs now',
  refused: 'the watchdog refused: the node was stopped on purpose, or its machine is down',
  failed: 'the watchdog did not answer, or could not carry it out',
};

export const orderMeanings: Readonly<Record<RepairOrder['do'], string>> = {
  restart: 'the watchdog ends its process and starts a new one',
  drain: 'callers stop using it until it is healthy again',
  quarantine: 'callers stop using a lying node, and it gets a new process',
  promote: 'a standby takes its place',
};

export const phaseMeanings = {
  detection: 'from the first wrong, late or refused answer to the first correct suspicion',
  '+ diagnosis': 'until the monitors had a diagnosis',
  '+ fix': 'until the node served well again',
  '= time to repair': 'the sum of the three, as users saw it',
};
