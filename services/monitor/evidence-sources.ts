import { type CallEvidence, evidenceKinds, type EvidenceKind } from '../../shared/membership/call-evidence.ts';
import type { EvidenceSettings } from '../../shared/rpc/monitoring-settings.ts';

const every = (on: boolean): EvidenceSettings => ({
  heartbeats: on,
  calls: on,
  votes: on,
  self: on,
  probes: on,
  monitors: on,
});
export const allSources = every(true);
export const noSources = every(false);

/** The kinds of evidence of the source `votes`. All other kinds are of the source `calls`. */
const lies: ReadonlySet<EvidenceKind> = new Set(['invalid', 'lostVotes', 'proofs']);

/** The part of a caller's report that comes from sources that are on; undefined when nothing is left of it. */
export function heardPart(report: CallEvidence, { calls, votes }: EvidenceSettings): CallEvidence | undefined {
  if (calls && votes) return report;
  const { medianMs, fastestMs, ...rest } = report;
  const heard = { ...rest, ...(calls && { medianMs, fastestMs }) };
  for (const kind of evidenceKinds) if (!(lies.has(kind) ? votes : calls)) heard[kind] = 0;
  return evidenceKinds.some((kind) => heard[kind] > 0) ? heard : undefined;
}
