import Type from 'typebox';
import { faultHost } from '../../../shared/faults/host.ts';
import { edgeFaults, incoming, outgoing, serveFaults } from '../../../shared/faults/layers.ts';
import type { ProcessAction } from '../../../shared/faults/plan.ts';
import { createFaultRegistry, type FaultEvent } from '../../../shared/faults/registry.ts';
import { skewableClock } from '../../../shared/faults/skewable-clock.ts';
import { compose, type Call, type Reply } from '../../../shared/rpc/call.ts';
import { contract, operation } from '../../../shared/rpc/contract.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { testCall } from '../rpc/layers/helpers.ts';

export const shelf = contract('shelf', {
  list: operation({
    summary: 'an ordered list',
    request: Type.Object({ q: Type.String() }),
    response: Type.Object({
      total: Type.Integer({ minimum: 0 }),
      items: Type.Array(Type.Object({ id: Type.String(), score: Type.Number() })),
    }),
  }),
  count: operation({ summary: 'a number', request: Type.Object({}), response: Type.Object({ n: Type.Integer() }) }),
});

/** The true answer of the rig's handler after its n-th change. */
export const truth = (q: string, change = 0) => ({
  total: 3 + change,
  items: ['a', 'b', 'c', 'd'].map((letter, i) => ({ id: `${q}-${letter}`, score: 10 - i })),
});

const handlerMs = 10;

/** The request to which the rig's handler answers with an error. */
export const unanswerable = 'unicorns';

/** One node `node-1` with a handler that takes 10 ms of virtual time, and every part that a fault can affect. */
export function rig(site: 'node' | 'watchdog' = 'node', seed = 1) {
  const simulation = createSimulation(seed);
  const { clock, scheduler } = simulation;
  const journal: FaultEvent[] = [];
  const warnings: string[] = [];
  const actions: { atMs: number; node: string; do: ProcessAction['do'] }[] = [];
  const handled: string[] = [];
  const burns: number[] = [];
  let open = true;
  let change = 0;
  const callerOf = (call: Call) => (call as Call & { caller?: string }).caller;
  const skewed = skewableClock(clock);
  const host = faultHost({
    callerOf,
    process: async (node, action) => void actions.push({ atMs: clock.now(), node, do: action.do }),
    listener: { close: () => void (open = false), open: () => void (open = true) },
    burn: (busyMs) => void burns.push(busyMs),
    clock: skewed,
    disk: true,
  });
  const registry = createFaultRegistry({
    answersFor: (target) => target === 'node-1',
    site,
    clock,
    scheduler,
    host,
    journal: (event) => void journal.push(event),
    log: { warn: ((_: unknown, text: string) => void warnings.push(text)) as never },
    leaseMs: 1e9,
  });

  async function handle(call: Call): Promise<Reply> {
    handled.push(call.requestId);
    await sleep(scheduler, handlerMs, call.signal);
    if ((call.request as { q?: string }).q === unanswerable) throw new RpcError('not_found', 'there is no such list');
    const body = call.operation.name === 'count' ? { n: 7 } : truth((call.request as { q: string }).q, change);
    return { body, servedBy: ['node-1'] };
  }

  const serve = compose([edgeFaults(registry, scheduler, incoming('node-1', callerOf)), serveFaults(registry)], handle);
  const send = compose([edgeFaults(registry, scheduler, outgoing('node-1'))], handle);

  function makeCall(requestId: string, more: Partial<Call> & { caller?: string } = {}): Call {
    return testCall({
      component: 'shelf',
      operation: shelf.operations.list,
      request: { q: 'cats' },
      requestId,
      deadlineAt: Infinity,
      caller: 'node-2',
      ...more,
    });
  }

  /**
   * Runs virtual time until the call has ended, and returns its time `tookMs`. Without an answer within `waitMs`,
   * `reply` is undefined.
   */
  async function ask(
    requestId: string,
    more: Partial<Call> & { caller?: string; from?: 'node-1' } = {},
    waitMs = 1_000,
  ) {
    const startedAt = clock.now();
    const controller = new AbortController();
    let outcome: { reply?: Reply; error?: unknown; tookMs: number } | undefined;
    const call = makeCall(requestId, { signal: controller.signal, ...more });
    const service = more.endpoint ? send : serve;
    void service(call).then(
      (reply) => (outcome = { reply, tookMs: clock.now() - startedAt }),
      (error: unknown) => (outcome = { error, tookMs: clock.now() - startedAt }),
    );
    await simulation.run(startedAt + waitMs);
    const result = outcome ?? { tookMs: Infinity };
    controller.abort(new Error('the caller has gone'));
    return result;
  }

  return {
    simulation,
    registry,
    journal,
    warnings,
    actions,
    handled,
    burns,
    skewed,
    ask,
    makeCall,
    isOpen: () => open,
    changeData: () => void change++,
    inject: (fault: object) =>
      registry.inject({ id: 'f1', kind: 'none', target: 'node-1', ttlMs: 10_000, seed: 7, owner: 'test', ...fault }),
  };
}
