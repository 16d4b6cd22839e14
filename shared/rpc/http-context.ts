import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Context } from './context.ts';
import { asRpcError, RpcError } from './errors.ts';
import type { ResultCode } from './layers/watch-calls.ts';
import { childSpan, newTrace, parseTraceparent, type TraceContext } from './trace-context.ts';
import { safeId, single } from './wire.ts';

export interface HttpContextOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** The time limit of a request. A caller may ask for a shorter time by `x-deadline-ms`, never for a longer one. */
  readonly deadlineMs: number;
  readonly watch?: WatchRequest | undefined;
}

/** Called when a request that made calls has ended; must not throw. */
export type WatchRequest = (ids: RequestIds, route: string, code: ResultCode, startedAt: number) => void;

/** The ids of a public request in logs, traces and its answer. */
export interface RequestIds {
  readonly requestId: string;
  readonly trace: TraceContext;
}

export interface HttpContexts {
  /**
   * The ids that the caller sent (`x-request-id`, `traceparent`), if they are well-formed; otherwise new ids. Every
   * look-up for the same request returns the same ids.
   */
  readonly identify: (request: FastifyRequest) => RequestIds;
  /**
   * Runs `work` with a context for calls to other components. Its signal aborts when the client leaves (`cancelled`)
   * and when the time is up (`deadline_exceeded`). The promise then rejects at once, even if `work` is still running.
   */
  readonly run: <T>(request: FastifyRequest, reply: FastifyReply, work: (context: Context) => Promise<T>) => Promise<T>;
}

/** Makes contexts from public HTTP requests. Only this file does so. */
export function httpContexts({ clock, random, scheduler, deadlineMs, watch }: HttpContextOptions): HttpContexts {
  const known = new WeakMap<FastifyRequest, RequestIds>();

  const identify = (request: FastifyRequest): RequestIds =>
    known.getOrInsertComputed(request, ({ headers }) => {
      const parent = parseTraceparent(single(headers.traceparent));
      const trace = parent ? childSpan(parent, random) : newTrace(random);
      return { requestId: safeId(single(headers['x-request-id'])) ?? trace.traceId, trace };
    });

  function run<T>(request: FastifyRequest, reply: FastifyReply, work: (context: Context) => Promise<T>): Promise<T> {
    const allowedMs = Math.min(deadlineMs, askedFor(request) ?? deadlineMs);
    const controller = new AbortController();
    const ids = identify(request);
    const startedAt = clock.now();
    return new Promise<T>((resolve, reject) => {
      let over = false;
      const end = (code: ResultCode) => {
        if (!over) watch?.(ids, `${request.method} ${request.routeOptions.url}`, code, startedAt);
        over = true;
      };
      const giveUp = (error: RpcError) => {
        end(error.code);
        reject(error);
        controller.abort(error);
      };
      const onClose = () => {
        if (!reply.raw.writableFinished) giveUp(new RpcError('cancelled', 'the caller has gone'));
      };
      const timer = scheduler.after(allowedMs, () =>
        giveUp(new RpcError('deadline_exceeded', `no answer within ${allowedMs} ms`)),
      );
      const release = () => {
        timer.cancel();
        reply.raw.off('close', onClose);
      };
      reply.raw.on('close', onClose);
      work({
        ...ids,
        deadlineAt: startedAt + allowedMs,
        signal: controller.signal,
        priority: 'read',
        servedBy: [],
      })
        .then(
          (value) => {
            end('ok');
            resolve(value);
          },
          (thrown: unknown) => {
            end(asRpcError(thrown).code);
            reject(thrown);
          },
        )
        .finally(release);
    });
  }

  return { identify, run };
}

/** The caller's own deadline, ms; undefined where it is absent or not a whole number above 0. */
function askedFor(request: FastifyRequest): number | undefined {
  const text = single(request.headers['x-deadline-ms']);
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
