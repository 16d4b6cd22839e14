import { both, busy, callerEvidence, type Case } from './case.ts';

export const casesOfLies: Case[] = [
  {
    is: 'one lost vote each, by two callers',
    evidence: { callers: both({ ok: 9, lostVotes: 1 }) },
    verdict: 'lying',
    reason: /2 of 2 callers/,
  },
  {
    is: 'two lost votes, by the only caller',
    evidence: { callers: [callerEvidence('app-1', { ok: 9, lostVotes: 2 })] },
    verdict: 'healthy',
  },
  {
    is: 'a proof, although all else is well',
    evidence: { callers: busy, proofs: 1 },
    verdict: 'lying',
    reason: /contradict/,
  },
  { is: 'a liar that also crashed', evidence: { process: 'exited', proofs: 1 }, verdict: 'lying' },
  {
    is: 'votes lost before two callers',
    evidence: { callers: both({ ok: 50, lostVotes: 2 }) },
    verdict: 'lying',
    reason: /4 lost votes/,
  },
  { is: 'invalid replies to two callers', evidence: { callers: both({ ok: 50, invalid: 2 }) }, verdict: 'lying' },
  {
    is: 'one lost vote',
    evidence: { callers: [callerEvidence('app-1', { ok: 50, lostVotes: 1 }), busy[1]!] },
    verdict: 'healthy',
  },
  {
    is: 'one caller accusing, another content: the accuser may be the liar',
    evidence: { callers: [callerEvidence('app-1', { ok: 50, lostVotes: 40 }), busy[1]!] },
    verdict: 'healthy',
  },
  {
    is: 'the only caller accusing',
    evidence: { callers: [callerEvidence('app-1', { ok: 50, lostVotes: 5 })] },
    verdict: 'lying',
  },
  {
    is: 'a twin',
    evidence: { heartbeats: { phi: 0, conflictingBeats: 4 } },
    verdict: 'lying',
    reason: /one process could not have sent/,
  },
  { is: 'one late heartbeat', evidence: { heartbeats: { phi: 0, conflictingBeats: 1 } }, verdict: 'healthy' },
];
