import type { Call, Layer, Reply, Service } from '../rpc/call.ts';
import { ConnectionReset } from '../rpc/errors.ts';
import { sleep, type Scheduler } from '../time/scheduler.ts';
import type { ActiveFault } from './active.ts';
import type { BodyShape, Crossing, EdgeVerdict } from './fault.ts';

/** The part of a registry that the layers use. */
export interface ActiveFaults {
  active(): readonly ActiveFault[];
}

/**
 * Server side, next to the handler: service faults on calls to this node, the first fault outermost. Health calls are
 * exempt: a limping or lying node still sends correct heartbeats in time (a gray failure).
 */
export function serveFaults(faults: ActiveFaults): Layer {
  return (next) =>
    function serveFaults(call) {
      const active = faults.active();
      if (active.length === 0 || call.operation.priority === 'health') return next(call);
      return layered(active, (fault) => fault.serve(call), next)(call);
    };
}

/**
 * Network faults on the edge that `crossing` names (undefined: the call stays within the node). The layer is outermost
 * on a server, and next to the transport on a client.
 */
export function edgeFaults(
  faults: ActiveFaults,
  scheduler: Scheduler,
  crossing: (call: Call) => Crossing | undefined,
): Layer {
  return (next) =>
    function edgeFaults(call) {
      const active = faults.active();
      const edge = active.length === 0 ? undefined : crossing(call);
      if (!edge || edge.from === edge.to) return next(call);
      const layerOf = (fault: ActiveFault) => {
        const verdict = fault.edge(edge);
        return verdict && verdictLayer(verdict, fault, scheduler);
      };
      return layered(active, layerOf, next)(call);
    };
}

/**
 * The faults around `next`, the first one outermost. A fault counts a request only when the request reaches it: an
 * outer fault may lose the request, or answer in its own way.
 */
function layered(
  faults: readonly ActiveFault[],
  layerOf: (fault: ActiveFault) => Layer | undefined,
  next: Service,
): Service {
  return faults.reduceRight<Service>((inner, fault) => (call) => (layerOf(fault)?.(inner) ?? inner)(call), next);
}

/** The edge from `node` to the endpoint that the balancer chose. */
export function outgoing(node: string): (call: Call) => Crossing | undefined {
  return (call) => (call.endpoint ? crossingOf(call, node, call.endpoint.node) : undefined);
}

/** The edge to `node` from the caller that the request names. Callers outside of the cluster have no edge. */
export function incoming(
  node: string,
  callerOf: (call: Call) => string | undefined,
): (call: Call) => Crossing | undefined {
  return (call) => {
    const from = callerOf(call);
    return from === undefined ? undefined : crossingOf(call, from, node);
  };
}

const crossingOf = ({ requestId, component, operation }: Call, from: string, to: string): Crossing => ({
  from,
  to,
  requestId,
  component,
  operation: operation.name,
});

/**
 * How the reply of `bytes` bytes to `call` is sent; undefined = at once. Of several faults, the slowest sets the pace,
 * and the first reset breaks the connection. The others change nothing, and do not count.
 */
export function bodyShape(
  faults: ActiveFaults,
  call: Call,
  bytes: number,
): { shape: BodyShape; signal: AbortSignal } | undefined {
  const all = faults.active().flatMap((fault) => {
    const shape = fault.body(call, bytes);
    return shape ? [{ fault, shape, perByteMs: shape.pauseMs / shape.chunkBytes }] : [];
  });
  if (all.length === 0) return undefined;
  const slowest = all.reduce((a, b) => (b.perByteMs > a.perByteMs ? b : a));
  const resetAt = ({ shape }: (typeof all)[number]) => shape.resetAfterBytes ?? Infinity;
  const first = all.reduce((a, b) => (resetAt(b) < resetAt(a) ? b : a));
  for (const one of all) {
    const changes = (one === slowest && one.perByteMs > 0) || (one === first && resetAt(one) < Infinity);
    if (!changes) one.fault.spare();
  }
  const { resetAfterBytes } = first.shape;
  const shape = { ...slowest.shape, ...(resetAfterBytes !== undefined && { resetAfterBytes }) };
  return { shape, signal: slowest.fault.signal };
}

/** Waits for the extra time of one access to a slow disk. */
export async function diskFaults(faults: ActiveFaults, scheduler: Scheduler, key: string): Promise<void> {
  const extraMs = faults.active().reduce((sum, fault) => sum + fault.diskMs(key), 0);
  if (extraMs > 0) await sleep(scheduler, extraMs);
}

function verdictLayer(verdict: EdgeVerdict, fault: ActiveFault, scheduler: Scheduler): Layer {
  return (next) =>
    async function crossing(call) {
      const leg = 'leg' in verdict ? verdict.leg : 'request';
      const answer = leg === 'reply' ? next(call) : undefined;
      // An error is a reply too, so it is delayed or lost in the same way.
      await answer?.catch(() => undefined);
      switch (verdict.do) {
        case 'lose':
          return gone(call.signal, fault.signal);
        case 'reset':
          throw new ConnectionReset();
        case 'delay':
          await sleep(scheduler, verdict.delayMs, call.signal);
          return answer ?? next(call);
        case 'duplicate':
          return duplicate(next, call, verdict.copies);
        case 'pass':
          return answer ?? next(call);
      }
    };
}

/** Never answers. It rejects when the caller cancels, or when the fault ends and the connection proves to be broken. */
function gone(caller: AbortSignal, fault: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => {
      caller.removeEventListener('abort', giveUp);
      fault.removeEventListener('abort', giveUp);
      reject(caller.aborted ? (caller.reason as Error) : new ConnectionReset());
    };
    if (caller.aborted || fault.aborted) return giveUp();
    caller.addEventListener('abort', giveUp);
    fault.addEventListener('abort', giveUp);
  });
}

/** The same request `copies` times; the first answer, good or bad, goes to the caller. */
function duplicate(next: Service, call: Call, copies: number): Promise<Reply> {
  const answers = Array.from({ length: copies }, () => next(call));
  for (const answer of answers) answer.catch(() => undefined);
  return Promise.race(answers);
}
