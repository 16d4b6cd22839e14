import type { Clock } from '../../shared/time/clock.ts';
import { connectionPool } from '../client/pool.ts';
import { wireEncoder } from '../client/wire.ts';
import { loadError } from '../options/errors.ts';
import type { LoadPlan } from '../options/plan.ts';
import type { LoadTarget } from '../options/target.ts';
import { answerOf } from '../workload/request.ts';
import type { Request } from '../workload/request.ts';
import { answerDigest } from './digest.ts';
import { keyOf } from './oracle.ts';
import type { OracleEntries } from './oracle.ts';
import { answerToKeep } from './wrong-answers.ts';
import type { Scheduler } from '../../shared/time/scheduler.ts';

/** At most this many questions are asked before a run. */
const most = 5000;

/**
 * Records the oracle before there is any load or fault. Some requests are known before the run: sends each of them
 * once, `lanes` at a time, and keeps digests of the answers. `of` is the server to ask, for example a single node
 * without replicas. Throws `unreachable` when more than 1 in 20 questions fails, because such an oracle would hide
 * wrong answers.
 */
export async function recordOracle(
  requests: readonly Request[],
  of: LoadTarget,
  plan: LoadPlan,
  io: { clock: Clock; scheduler: Scheduler; lanes?: number },
): Promise<OracleEntries> {
  const questions = [
    ...new Map(
      requests.flatMap((request) => (keyOf(request) === undefined ? [] : [[keyOf(request), request] as const])),
    ).entries(),
  ].slice(0, most);
  const pool = connectionPool({
    target: of,
    trust: { insecure: plan.insecure, ...(plan.ca === undefined ? {} : { ca: plan.ca }) },
    connections: io.lanes ?? 2,
    timeoutMs: plan.timeoutMs,
    encode: wireEncoder(of.host, plan.headers),
    clock: io.clock,
    onSent: () => {},
  });
  const expiry = io.scheduler.every(50, () => pool.expire());
  const entries: OracleEntries = [];
  let failed = 0;
  try {
    await Promise.all(
      questions.map(
        ([key, request]) =>
          new Promise<void>((resolve) => {
            const nowMs = io.clock.now();
            pool.dispatch({
              request,
              intendedMs: nowMs,
              dispatchedMs: nowMs,
              sentMs: Number.NaN,
              keepBody: true,
              answered(parsed) {
                const answer = answerOf(parsed.status, parsed.body);
                if (parsed.status >= 200 && parsed.status < 300)
                  entries.push([key as string, answerDigest(answer.body, answer.json()), answerToKeep(answer)]);
                else failed++;
                resolve();
              },
              failed() {
                failed++;
                resolve();
              },
            });
          }),
      ),
    );
  } finally {
    expiry.cancel();
    pool.close({ code: 'closed', detail: 'recorded' });
  }
  if (failed > questions.length / 20)
    throw loadError(
      'unreachable',
      `${failed} of ${questions.length} questions to the oracle at ${of.origin} failed: it cannot tell right ` +
        'from wrong',
    );
  return entries;
}
