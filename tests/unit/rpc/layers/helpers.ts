import Type from 'typebox';
import {
  assignNode,
  createPlan,
  planAttempt,
  type PlannedAttempt,
  type PlanRules,
} from '../../../../shared/rpc/attempt-plan.ts';
import type { Call, Endpoint, Reply } from '../../../../shared/rpc/call.ts';
import { contract, operation } from '../../../../shared/rpc/contract.ts';
import { RpcError, type ErrorCode, type RpcErrorOptions } from '../../../../shared/rpc/errors.ts';
import type { LayerEvent } from '../../../../shared/rpc/layers/events.ts';
import { createSimulation, type Simulation } from '../../../../shared/time/sim/simulation.ts';

const any = Type.Object({});
const { operations } = contract('ranking', {
  read: operation({ summary: 'a read', request: any, response: any }),
  write: operation({ summary: 'a write', request: any, response: any, idempotent: false, priority: 'write' }),
});

/** A call with an hour to live, of which `own` overrides what a test is about. */
export function testCall(own: Partial<Call> & { kind?: 'read' | 'write' } = {}): Call {
  const { kind = 'read', ...rest } = own;
  return {
    component: 'ranking',
    operation: operations[kind],
    request: {},
    requestId: 'r',
    trace: { traceId: '', spanId: '', sampled: false },
    deadlineAt: 3_600_000,
    signal: new AbortController().signal,
    attempt: 1,
    priority: operations[kind].priority,
    ...rest,
  };
}

export const nodes = (...names: string[]): Endpoint[] => names.map((node) => ({ node, host: '', port: 0 }));

export const replyOf = (node: string, body: unknown = {}): Reply => ({ body, servedBy: [node] });

export const failure = (code: ErrorCode, options: RpcErrorOptions = {}): RpcError => new RpcError(code, code, options);

/** An attempt of a plan with `rules`, earlier attempts of which went to `asked`. */
export function plannedAfter(asked: readonly string[], rules: PlanRules = {}): PlannedAttempt {
  const plan = createPlan(rules);
  for (const node of asked) assignNode(planAttempt(plan), node);
  return planAttempt(plan);
}

/** The result of a promise: its value, or the code of its error. */
export async function outcomeOf(promise: Promise<Reply>): Promise<unknown> {
  try {
    return (await promise).body;
  } catch (thrown) {
    if (thrown instanceof RpcError) return thrown.code;
    throw thrown;
  }
}

/** Runs until nothing is left to do, and returns the result of the promise. */
export async function endOf(sim: Simulation, promise: Promise<Reply>): Promise<unknown> {
  const outcome = outcomeOf(promise);
  await sim.run();
  return outcome;
}

/** Virtual time, and a record of the layers' events. */
export function setUp(): { sim: Simulation; events: LayerEvent[]; observe: (event: LayerEvent) => void } {
  const events: LayerEvent[] = [];
  return { sim: createSimulation('unit'), events, observe: (event) => void events.push(event) };
}

/** A service that answers after `ms` of virtual time, or never when it is aborted before. */
export function answering(
  sim: Simulation,
  reply: (call: Call) => { afterMs: number; reply?: Reply; error?: RpcError },
) {
  const seen: Call[] = [];
  const service = (call: Call) =>
    new Promise<Reply>((resolve, reject) => {
      seen.push(call);
      const answer = reply(call);
      const timer = sim.scheduler.after(answer.afterMs, () => {
        call.signal.removeEventListener('abort', onAbort);
        if (answer.error) reject(answer.error);
        else resolve(answer.reply ?? replyOf(call.endpoint?.node ?? 'node'));
      });
      const onAbort = () => {
        timer.cancel();
        reject(call.signal.reason as Error);
      };
      call.signal.addEventListener('abort', onAbort);
    });
  return { service, seen };
}
