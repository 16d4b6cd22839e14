import { both, busy, callerEvidence, type Case, self } from './case.ts';

export const casesOfSlowness: Case[] = [
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
    is: 'one that is slow by all words, and answers twice as many calls as its peers',
    evidence: {
      callers: both({ ok: 50, latencyRatio: 9 }),
      self: self(1, 90, 80, 150),
      selfRatio: 9,
      answeredRatio: 2,
    },
    verdict: 'healthy',
  },
  {
    is: 'one that is slow by all words, and answers as many calls as its peers',
    evidence: {
      callers: both({ ok: 50, latencyRatio: 9 }),
      self: self(1, 90, 80, 150),
      selfRatio: 9,
      answeredRatio: 1,
    },
    verdict: 'limping',
    reason: /times as slow/,
  },
  {
    is: 'one that its callers avoid after a rush of calls',
    evidence: { callers: both({ ok: 20, ejected: 1 }), self: self(1, 90, 80, 150), selfRatio: 9, answeredRatio: 4 },
    verdict: 'healthy',
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
    is: 'one that loses nearly all calls of a caller, while its best peer loses a few',
    evidence: {
      callers: [callerEvidence('gateway-1', { timeouts: 20, peersLostShare: 0.12 })],
      self: self(1, 20, 2, 900),
    },
    verdict: 'limping',
    reason: /deadline/,
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
    is: 'one caller that avoids it, and whose earlier calls time out now',
    evidence: {
      callers: [callerEvidence('gateway-1', { ok: 15, timeouts: 20 })],
      self: { ...self(1, 9, 9, 900), present: 25 },
    },
    verdict: 'healthy',
  },
];
