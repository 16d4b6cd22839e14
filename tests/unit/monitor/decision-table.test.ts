import { expect, test } from 'vitest';
import { diagnose } from '../../../services/monitor/decision-table.ts';
import { verdicts, type Verdict } from '../../../shared/membership/verdict.ts';
import type { CallerEvidence, NodeEvidence, NodeSelf, Observer } from '../../../services/monitor/evidence.ts';
import { noEvidence } from '../../../shared/membership/call-evidence.ts';
import { settle, wellStanding, windowsNeeded } from '../../../services/monitor/hysteresis.ts';

const calm: Observer = { lagMs: 1, typicalLagMs: 1, silentShare: 0.05 };
const beating = { phi: 0.4, conflictingBeats: 0 };
const silent = { phi: 12, conflictingBeats: 0 };

const callerEvidence = (caller: string, more: Partial<CallerEvidence> = {}): CallerEvidence => {
  const { proofs: _, ...zero } = noEvidence;
  const all = { ...zero, unansweredBeats: 0, okLately: more.ok ?? 0, okSinceRefusal: more.ok ?? 0, ...more };
  const calls = all.ok + all.timeouts + all.refused + all.resets + all.shed + all.unanswered;
  return { caller, calls, ...all };
};
const self = (ownLagMs: number, received: number, answered: number, meanMs: number): NodeSelf => ({
  ownLagMs,
  received,
  answered,
  ended: answered,
  timed: answered,
  meanMs,
});
const both = (more: Partial<CallerEvidence>) => [callerEvidence('app-1', more), callerEvidence('app-2', more)];
const busy = both({ ok: 50, latencyRatio: 1 });

interface Case {
  readonly is: string;
  readonly evidence: Partial<NodeEvidence>;
  readonly observer?: Partial<Observer>;
  readonly verdict: Verdict;
  readonly reason?: RegExp;
}

const cases: Case[] = [
  { is: 'a node that beats and answers', evidence: { callers: busy }, verdict: 'healthy' },
  { is: 'a node that beats and has nothing to do', evidence: {}, verdict: 'healthy' },
  {
    is: 'a node that never spoke yet',
    evidence: { heartbeats: { phi: undefined, conflictingBeats: 0 } },
    verdict: 'healthy',
  },
  {
    is: 'a little suspicion',
    evidence: { heartbeats: { phi: 4, conflictingBeats: 0 } },
    verdict: 'healthy',
    reason: /phi 4.0/,
  },
  { is: 'a process that has exited', evidence: { process: 'exited' }, verdict: 'crashed', reason: /exited/ },
  { is: 'a refused ops port', evidence: { heartbeats: silent, opsPort: 'refused' }, verdict: 'crashed' },
  {
    is: 'connections refused to everybody, heartbeats missing',
    evidence: { heartbeats: silent, callers: both({ refused: 4 }) },
    verdict: 'crashed',
  },
  {
    is: 'a machine that is gone: neither its ops port nor its watchdog answers',
    evidence: { heartbeats: silent, opsPort: 'silent', process: 'unreachable' },
    verdict: 'crashed',
    reason: /its watchdog does not answer either/,
  },
  {
    is: 'connections refused although the process lives',
    evidence: { callers: both({ refused: 4 }), opsPort: 'answers', process: 'running' },
    verdict: 'crashed',
    reason: /although its process is alive/,
  },
  {
    is: 'connections refused a moment after it answered',
    evidence: {
      callers: [
        callerEvidence('app-1', { ok: 90, okSinceRefusal: 0, refused: 5 }),
        callerEvidence('app-2', { ok: 70, okSinceRefusal: 0 }),
      ],
    },
    verdict: 'crashed',
  },
  {
    is: 'connections refused to one caller, while another is answered',
    evidence: {
      callers: [
        callerEvidence('app-1', { ok: 90, okSinceRefusal: 0, refused: 5 }),
        callerEvidence('app-2', { ok: 70 }),
      ],
    },
    verdict: 'healthy',
  },
  {
    is: 'one refused connection among good answers',
    evidence: { callers: both({ ok: 9, refused: 1 }) },
    verdict: 'healthy',
  },
  {
    is: 'a new process in the place of one that never took leave',
    evidence: { heartbeats: { phi: 0, conflictingBeats: 0, restartedUnannounced: true } },
    verdict: 'crashed',
    reason: /never took leave/,
  },
  {
    is: 'a loop that lags while all lag',
    evidence: { callers: busy, self: self(200, 9, 9, 1) },
    observer: { typicalLagMs: 40 },
    verdict: 'healthy',
    reason: /short of processors/,
  },
  {
    is: 'a slow node where all are starved',
    evidence: { callers: both({ ok: 50, latencyRatio: 9 }) },
    observer: { typicalLagMs: 40 },
    verdict: 'healthy',
  },
  {
    is: 'nobody who waits for its answers, because others are faster, and it works on',
    evidence: {
      callers: both({ unanswered: 20, unansweredBeats: 2 }),
      self: self(1, 40, 2, 300),
    },
    verdict: 'limping',
    reason: /run into their deadline/,
  },
  {
    is: 'nobody who gets its answers, and none of the calls reaches it',
    evidence: {
      callers: both({ unanswered: 20, unansweredBeats: 2 }),
      self: self(1, 0, 0, 0),
    },
    verdict: 'partitioned',
    reason: /never reach it/,
  },
  {
    is: 'silence and no word of anybody',
    evidence: { heartbeats: silent },
    verdict: 'crashed',
    reason: /nobody knows more/,
  },
  {
    is: 'silence, process running, ops silent',
    evidence: { heartbeats: silent, process: 'running', opsPort: 'silent' },
    verdict: 'hung',
  },
  {
    is: 'silence, and calls time out',
    evidence: { heartbeats: silent, callers: both({ timeouts: 9 }) },
    verdict: 'hung',
  },
  {
    is: 'silence, process running, ops silent, and answers from before it',
    evidence: { heartbeats: silent, process: 'running', opsPort: 'silent', callers: both({ ok: 9, okLately: 0 }) },
    verdict: 'hung',
  },
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
  { is: 'silence, but callers are served', evidence: { heartbeats: silent, callers: busy }, verdict: 'partitioned' },
  {
    is: 'silence, but another monitor hears it',
    evidence: { heartbeats: silent, otherMonitors: 'hear it' },
    verdict: 'partitioned',
  },
  {
    is: 'silence, but the ops network reaches it',
    evidence: { heartbeats: silent, opsPort: 'answers' },
    verdict: 'partitioned',
  },
  {
    is: 'silence seen by a monitor that lags itself',
    evidence: { heartbeats: silent },
    observer: { lagMs: 400 },
    verdict: 'healthy',
    reason: /lags by 400 ms itself/,
  },
  {
    is: 'silence of most nodes at once',
    evidence: { heartbeats: silent },
    observer: { silentShare: 0.8 },
    verdict: 'healthy',
    reason: /80% of all nodes/,
  },
  {
    is: 'an exit, although the monitor lags',
    evidence: { process: 'exited' },
    observer: { lagMs: 400 },
    verdict: 'crashed',
  },
  {
    is: 'one that its callers avoid',
    evidence: {
      callers: both({ ok: 2, unanswered: 5, ejected: 1 }),
      self: self(1, 9, 9, 1),
    },
    verdict: 'limping',
    reason: /2 of 2 callers avoid it/,
  },
  {
    is: 'one that its callers avoid, but it had a fast answer',
    evidence: { callers: both({ ok: 2, unanswered: 5, ejected: 1, fastestRatio: 1 }) },
    verdict: 'healthy',
  },
  {
    is: 'one that a single caller of two avoids',
    evidence: {
      callers: [callerEvidence('app-1', { unanswered: 5, ejected: 1 }), callerEvidence('app-2', { ok: 50 })],
    },
    verdict: 'healthy',
  },
  {
    is: 'one that its only caller avoids',
    evidence: {
      callers: [callerEvidence('gateway-1', { ok: 20, unanswered: 5, ejected: 1 })],
      self: self(1, 25, 20, 9),
    },
    verdict: 'healthy',
  },
  {
    is: 'one that its only caller avoids, although it takes no longer than its peers',
    evidence: {
      callers: [callerEvidence('gateway-1', { ok: 20, unanswered: 5, ejected: 1 })],
      self: self(1, 25, 20, 40),
      selfRatio: 1.3,
    },
    verdict: 'healthy',
  },
  {
    is: 'one that its only caller avoids, and that takes far longer than its peers by its own word',
    evidence: {
      callers: [callerEvidence('gateway-1', { ok: 20, unanswered: 5, ejected: 1 })],
      self: self(1, 25, 20, 600),
      selfRatio: 17,
    },
    verdict: 'limping',
    reason: /1 of 1 callers avoid it/,
  },
  {
    is: 'one that is slow for its only caller',
    evidence: { callers: [callerEvidence('gateway-1', { ok: 50, latencyRatio: 10 })], self: self(1, 50, 50, 9) },
    verdict: 'healthy',
  },
  {
    is: 'one that is slow for its only caller, and by its own word',
    evidence: {
      callers: [callerEvidence('gateway-1', { ok: 50, latencyRatio: 10 })],
      self: self(1, 50, 50, 200),
      selfRatio: 14,
    },
    verdict: 'limping',
    reason: /10.0 times/,
  },
  ...[{ timeouts: 20 }, { resets: 20 }, { ok: 20, partial: 20 }, { unanswered: 20, unansweredBeats: 5 }].map(
    (lost): Case => ({
      is: `one whose caller gets nothing from its peers either: ${Object.keys(lost).join(', ')}`,
      evidence: {
        callers: [callerEvidence('gateway-1', { ...lost, peersLostShare: 0.9 })],
        self: self(1, 20, 2, 900),
      },
      verdict: 'healthy',
    }),
  ),
  {
    is: 'one that refuses its only caller, whom its peers refuse as well, while its ops port answers',
    evidence: { callers: [callerEvidence('gateway-1', { refused: 9, peersLostShare: 1 })], opsPort: 'answers' },
    verdict: 'healthy',
  },
  {
    is: 'one that refuses its only caller, as its peers do, and its ops port refuses, too',
    evidence: { callers: [callerEvidence('gateway-1', { refused: 9, peersLostShare: 1 })], opsPort: 'refused' },
    verdict: 'crashed',
  },
  {
    is: 'one that loses nearly all calls of a caller, while its best peer loses a few',
    evidence: {
      callers: [callerEvidence('gateway-1', { timeouts: 20, peersLostShare: 0.12 })],
      self: self(1, 20, 2, 900),
    },
    verdict: 'limping',
    reason: /deadline/,
  },
  {
    is: 'one that its callers avoid, and that hears nothing',
    evidence: { callers: both({ unanswered: 5, ejected: 1 }), self: self(1, 0, 0, 0) },
    verdict: 'partitioned',
    reason: /never reach it/,
  },
  {
    is: 'one that its callers avoid, so that it hears nothing',
    evidence: { callers: both({ ejected: 1 }), self: self(1, 0, 0, 0) },
    verdict: 'healthy',
  },
  {
    is: 'ten times as slow as its peers, but somebody had a fast answer',
    evidence: {
      callers: [
        callerEvidence('app-1', { ok: 50, latencyRatio: 10 }),
        callerEvidence('app-2', { ok: 9, latencyRatio: 9, fastestRatio: 1.2 }),
      ],
    },
    verdict: 'healthy',
  },
  {
    is: 'calls that were all given up, but in one bad moment',
    evidence: {
      callers: both({ unanswered: 9, unansweredBeats: 1 }),
      self: self(1, 8, 2, 30),
    },
    verdict: 'healthy',
  },
  {
    is: 'ten times as slow as its peers',
    evidence: { callers: both({ ok: 50, latencyRatio: 10 }) },
    verdict: 'limping',
    reason: /10.0 times/,
  },
  { is: 'twice as slow as its peers', evidence: { callers: both({ ok: 50, latencyRatio: 2 }) }, verdict: 'healthy' },
  {
    is: 'slow in three calls only',
    evidence: { callers: [callerEvidence('app-1', { ok: 3, latencyRatio: 10 })] },
    verdict: 'healthy',
  },
  {
    is: 'slow for one caller, which is slow itself, and fine for two',
    evidence: { callers: [...busy, callerEvidence('app-3', { ok: 50, latencyRatio: 10 })] },
    verdict: 'healthy',
  },
  {
    is: 'replies that trickle',
    evidence: { callers: both({ ok: 10, partial: 5 }) },
    verdict: 'limping',
    reason: /trickle/,
  },
  {
    is: 'a main loop that lags under calls',
    evidence: { callers: busy, self: self(300, 100, 100, 20) },
    verdict: 'limping',
  },
  {
    is: 'a silence of 2 s where all main loops lag: it may wait for a processor',
    evidence: { heartbeats: { ...silent, silentMs: 2_000 }, process: 'running', opsPort: 'silent' },
    observer: { typicalLagMs: 20 },
    verdict: 'healthy',
  },
  {
    is: 'a silence of 2 s where no main loop lags',
    evidence: { heartbeats: { ...silent, silentMs: 2_000 }, process: 'running', opsPort: 'silent' },
    verdict: 'hung',
  },
  {
    is: 'a silence of 5 s, however late all main loops are',
    evidence: { heartbeats: { ...silent, silentMs: 5_000 }, process: 'running', opsPort: 'silent' },
    observer: { typicalLagMs: 400 },
    verdict: 'hung',
  },
  {
    is: 'calls turned away by a node that waits for one in trouble',
    evidence: { callers: both({ ok: 60, shed: 40 }), waitsFor: 'app-1' },
    verdict: 'healthy',
  },
  { is: 'calls turned away', evidence: { callers: both({ ok: 60, shed: 40 }) }, verdict: 'overloaded', reason: /40%/ },
  {
    is: 'calls turned away, and slow',
    evidence: { callers: both({ ok: 60, shed: 40, latencyRatio: 9 }) },
    verdict: 'overloaded',
  },
  {
    is: 'broken connections',
    evidence: { callers: both({ ok: 40, resets: 10 }) },
    verdict: 'partitioned',
    reason: /break/,
  },
  {
    is: 'one caller cut off, the other served',
    evidence: { callers: [callerEvidence('app-1', { timeouts: 20 }), callerEvidence('app-2', { ok: 50 })] },
    verdict: 'partitioned',
    reason: /1 callers cannot reach it, 1 can/,
  },
  {
    is: 'calls that never reach it',
    evidence: { callers: both({ ok: 5, timeouts: 20 }), self: self(1, 10, 10, 2) },
    verdict: 'partitioned',
    reason: /never reach it/,
  },
  {
    is: 'answers that never arrive',
    evidence: { callers: both({ timeouts: 20 }), self: self(1, 40, 40, 2) },
    verdict: 'partitioned',
    reason: /answers never arrived/,
  },
  {
    is: 'answers that take longer than its callers wait',
    evidence: { callers: both({ timeouts: 20 }), self: self(1, 40, 40, 900) },
    verdict: 'limping',
    reason: /deadline/,
  },
  {
    is: 'answers that take longer than its callers wait, because it waits itself',
    evidence: {
      callers: both({ timeouts: 20 }),
      self: self(1, 40, 40, 900),
      waitsFor: 'database-1-1',
    },
    verdict: 'healthy',
  },
  {
    is: 'calls of its only caller that run into their deadline, while it ends its calls, as fast as its peers',
    evidence: {
      callers: [callerEvidence('gateway-1', { ok: 30, timeouts: 5 })],
      self: { ...self(1, 35, 30, 150), ended: 35 },
      selfRatio: 1.5,
    },
    verdict: 'healthy',
  },
  {
    is: 'calls of its only caller that it sits on',
    evidence: { callers: [callerEvidence('gateway-1', { timeouts: 20 })], self: self(1, 40, 3, 900) },
    verdict: 'limping',
    reason: /deadline/,
  },
  {
    is: 'calls that it sits on',
    evidence: { callers: both({ timeouts: 20 }), self: self(1, 40, 3, 900) },
    verdict: 'limping',
    reason: /deadline/,
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

test.each(cases)('$is: $verdict', ({ evidence, observer, verdict, reason }) => {
  const full: NodeEvidence = { node: 'ranking-2', heartbeats: beating, callers: [], proofs: 0, ...evidence };
  const diagnosis = diagnose(full, { ...calm, ...observer });
  expect(diagnosis).toMatchObject({ node: 'ranking-2', verdict });
  if (verdict !== 'healthy') expect(diagnosis.reasons.length).toBeGreaterThan(0);
  if (reason) expect(diagnosis.reasons.join('; ')).toMatch(reason);
});

test('the table has a case for every verdict', () => {
  expect(new Set(cases.map(({ verdict }) => verdict))).toEqual(new Set(verdicts));
});

/** Letters for verdicts of single windows in, letters of standing verdicts out. */
function transcript(windows: string): string {
  const letter: Record<string, Verdict> = { '.': 'healthy', L: 'limping', C: 'crashed', P: 'partitioned' };
  let standing = wellStanding(0);
  return [...windows]
    .map((mark, i) => {
      standing = settle(standing, { node: 'n', verdict: letter[mark]!, reasons: [] }, i);
      return Object.entries(letter).find(([, verdict]) => verdict === standing.verdict)![0];
    })
    .join('');
}

test.each([
  ['..LLLL.....', '.....LLLL..'],
  ['LL.LL.LL..', '..........'],
  ['LLLL.L.L.L.', '...LLLLLLLL'],
  ['C....', 'CCCC.'],
  ['LLLLC....', '...LCCCC.'],
  ['P.PP....', '...PPPP.'],
])('windows %s make the standing verdicts %s', (windows, standing) => {
  expect(transcript(windows)).toBe(standing);
});

test('health must be proven for longer than any gust lasts', () => {
  for (const verdict of verdicts) expect(windowsNeeded.healthy).toBeGreaterThanOrEqual(windowsNeeded[verdict]);
});
