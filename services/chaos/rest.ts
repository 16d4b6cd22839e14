import type { FastifyInstance, FastifyRequest } from 'fastify';
import { requireOwnOrigin, requireToken } from '../../shared/control/guard.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import { faultKinds, siteOf } from '../../shared/faults/kinds.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { digestOf } from '../../shared/security/same-secret.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { sleep, type Scheduler } from '../../shared/time/scheduler.ts';
import { controlPortOf, faultsAt } from './control-port.ts';
import type { ActiveInjection, Controller } from './controller.ts';
import type { Experiments } from './experiments.ts';
import type { Journal } from './journal.ts';
import { bodies, describeRoutes } from './openapi.ts';
import type { SteadyMeter } from './steady.ts';

/** A route with its description. */
interface ChaosRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly summary: string;
  readonly body?: keyof typeof bodies;
  readonly handle: (request: FastifyRequest) => Promise<unknown>;
}

interface ChaosDoor {
  readonly enabled: boolean;
  readonly token: string | undefined;
  readonly hosts: readonly string[] | undefined;
  readonly topology: Topology;
  readonly controller: Controller;
  readonly experiments: Experiments;
  readonly journal: Journal;
  readonly meter: SteadyMeter;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly remainingMs: (endsAt: number) => number;
}

/** How long the steady state is measured before it is reported, ms. */
const watchMs = 3_000;

/**
 * The REST API of the chaos controller, described by /api/chaos/openapi.json. shared/control/guard.ts checks Host
 * and Origin of each request. Changes also need the operator token.
 */
export async function chaosRoutes(server: FastifyInstance, door: ChaosDoor): Promise<void> {
  const { enabled, token, hosts, topology, controller, experiments, journal, meter, clock, scheduler, remainingMs } =
    door;
  const digest = token === undefined ? undefined : digestOf(token);

  /** An injection with the counts of its targets, so that a fault without effect is visible. */
  async function shown({ id, kind, faults, casualties, endsAt }: ActiveInjection) {
    const [first] = faults;
    const site = siteOf(kind, first!.params);
    const victims = await Promise.all(
      faults.map(async ({ target }) => {
        const list = await faultsAt(controlPortOf(topology, site, target), token).catch(() => undefined);
        const status = list?.active.find(({ fault }) => fault.id === id && fault.target === target);
        return {
          node: target,
          state: status?.state ?? 'gone',
          matched: status?.matched ?? 0,
          applied: status?.applied ?? 0,
        };
      }),
    );
    const { params, scope, probability, seed, ttlMs } = first!;
    return { id, kind, params, scope, probability, seed, ttlMs, casualties, remainingMs: remainingMs(endsAt), victims };
  }

  await server.register(
    async (scope) => {
      scope.addHook('onRequest', async ({ method, headers }) => {
        requireOwnOrigin(headers, hosts);
        if (method !== 'GET' && method !== 'HEAD') requireToken(headers, digest);
      });
      await describeRoutes(scope);
      const routes: readonly ChaosRoute[] = [
        {
          method: 'GET',
          url: '/',
          summary: 'Whether chaos is enabled, the faults in effect, and the steady state that users see',
          async handle() {
            const release = meter.hold();
            try {
              const from = clock.now();
              await sleep(scheduler, watchMs);
              return {
                enabled,
                active: controller.list().length,
                halts: controller.halts(),
                steady: meter.state(from),
              };
            } finally {
              release();
            }
          },
        },
        {
          method: 'GET',
          url: '/kinds',
          summary: 'Every kind of fault, with the schema of its parameters',
          handle: async () => [...faultKinds.values()].map(({ kind, summary, params }) => ({ kind, summary, params })),
        },
        {
          method: 'GET',
          url: '/faults',
          summary: 'The faults in effect, with the counts of their targets',
          handle: () => Promise.all(controller.list().map(shown)),
        },
        {
          method: 'POST',
          url: '/faults',
          summary: 'Inject a fault. With ?dryRun=true: only name the targets and the objections',
          body: 'FaultRequest',
          async handle({ body, query }) {
            if (flag(query, 'dryRun')) return controller.dryRun(body);
            return shown(await controller.inject(body));
          },
        },
        {
          method: 'DELETE',
          url: '/faults/:id',
          summary: 'Heal a fault. Answers `healed: false` if the fault has already ended',
          handle: async ({ params }) => ({ healed: await controller.heal((params as { id: string }).id) }),
        },
        {
          method: 'POST',
          url: '/halt',
          summary: 'Heal all faults, whoever injected them',
          body: 'Halt',
          async handle({ body }) {
            const reason = (body as { reason?: unknown } | undefined)?.reason;
            await controller.halt(typeof reason === 'string' ? reason.slice(0, 200) : 'an operator stopped it');
            return { halts: controller.halts() };
          },
        },
        {
          method: 'GET',
          url: '/journal',
          summary: 'What happened, oldest first; ?count=n for the last n only',
          handle: async ({ query }) => journal.recent(countOf(query)),
        },
        {
          method: 'GET',
          url: '/experiments',
          summary: 'The experiments that ran or run',
          handle: async () => experiments.list(),
        },
        {
          method: 'GET',
          url: '/experiments/:name',
          summary: 'The state of an experiment, and its report at the end',
          async handle({ params }) {
            const { name } = params as { name: string };
            const run = experiments.get(name);
            if (!run) throw new RpcError('not_found', `no experiment ${name.slice(0, 60)} ran here`);
            return run;
          },
        },
        {
          method: 'POST',
          url: '/experiments',
          summary: 'Run an experiment. With ?dryRun=true: only show its plan and the objections',
          body: 'Experiment',
          async handle({ body, query }) {
            const text = JSON.stringify(body ?? null);
            return flag(query, 'dryRun') ? experiments.dryRun(text) : experiments.start(text);
          },
        },
      ];
      for (const { method, url, summary, body, handle } of routes) {
        const security = method === 'GET' ? [] : [{ operator: [] }];
        const schema = { summary, security, ...(body && { body: bodies[body] }) };
        scope.route({ method, url, schema, handler: (request) => handle(request) });
      }
    },
    { prefix: '/api/chaos' },
  );
}

function flag(query: unknown, name: string): boolean {
  const value = (query as Record<string, unknown>)[name];
  if (value === undefined || value === 'false') return false;
  if (value === '' || value === 'true') return true;
  throw new RpcError('bad_request', `${name}: must be true or false`);
}

function countOf(query: unknown): number | undefined {
  const { count } = query as { count?: string };
  if (count === undefined) return undefined;
  if (!/^[1-9]\d{0,3}$/.test(count)) throw new RpcError('bad_request', 'count: must be a whole number from 1 to 9999');
  return Number(count);
}
