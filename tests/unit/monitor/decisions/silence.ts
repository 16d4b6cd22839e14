import { both, busy, callerEvidence, type Case, self, silent } from './case.ts';

export const casesOfSilence: Case[] = [
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
    is: 'a new process in the place of one that never said that it was leaving',
    evidence: { heartbeats: { phi: 0, conflictingBeats: 0, restartedUnannounced: true } },
    verdict: 'crashed',
    reason: /never said that it was leaving/,
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
    reason: /no other evidence/,
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
    is: 'one that its callers avoid, and that hears nothing',
    evidence: { callers: both({ unanswered: 5, ejected: 1 }), self: self(1, 0, 0, 0) },
    verdict: 'partitioned',
    reason: /never reach it/,
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
];
