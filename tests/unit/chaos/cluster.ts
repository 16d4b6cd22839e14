import { createController } from '../../../services/chaos/controller.ts';
import { parseExperiment } from '../../../services/chaos/experiment.ts';
import { httpTargets, type Send } from '../../../services/chaos/http-targets.ts';
import { createJournal, type JournalEntry } from '../../../services/chaos/journal.ts';
import { runExperiment } from '../../../services/chaos/run.ts';
import { createSteadyMeter } from '../../../services/chaos/steady.ts';
import type { Topology } from '../../../shared/cluster/topology.ts';
import { faultHost } from '../../../shared/faults/host.ts';
import { createFaultRegistry } from '../../../shared/faults/registry.ts';
import { faultRoutes } from '../../../shared/faults/control-routes.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { nodes } from './nodes.ts';

/** A cluster in virtual time: real registries of nodes and watchdog, 5 ms away, and a probe that sees `stop.kill`. */
export function cluster(options: { enabled?: boolean; past?: string[]; killsHurt?: number; injectMs?: number } = {}) {
  const { enabled = true, past = [], killsHurt = 0, injectMs = 5 } = options;
  const simulation = createSimulation(1);
  const { clock, scheduler } = simulation;
  const journal = createJournal(clock, () => undefined, past);
  const down = new Set<string>();
  const unreachable = new Set<string>();
  const registry = (site: 'node' | 'watchdog', id?: string) =>
    createFaultRegistry({
      site,
      clock,
      scheduler,
      answersFor: (target) => (id === undefined ? nodes.some((node) => node.id === target) : target === id),
      host: faultHost({
        callerOf: () => undefined,
        process: async (node, action) =>
          void (action.do === 'kill' ? down.add(node) : action.do === 'release' && down.delete(node)),
      }),
    });
  const watchdog = registry('watchdog');
  const registries = new Map(nodes.map(({ id }) => [id, registry('node', id)]));
  /** Replaces the process of the node. Its faults are gone, and nobody is notified. */
  const restart = (id: string): void => {
    registries.get(id)!.healAll('shutdown');
    registries.set(id, registry('node', id));
    watchdog.processReplaced(id);
  };
  const topology = {
    watchdogPort: 1,
    nodes: nodes.map((node, i) => ({ ...node, host: '127.0.0.1', opsPort: 100 + i })),
  } as unknown as Topology;
  /** The effect of a request at a control port, 5 ms later. */
  const send: Send = async ({ site, name }, method, path, body) => {
    await sleep(scheduler, path === '/admin/faults' ? injectMs : 5);
    if (unreachable.has(name)) throw new RpcError('unavailable', `${name} is gone`);
    const route = faultRoutes(site === 'watchdog' ? watchdog : registries.get(name)!).find(
      (it) => it.method === method && (it.path === path || it.path === path.replace(/[^/]+$/, ':id')),
    );
    return route!.handle({ id: path.split('/').at(-1)! }, body);
  };
  const targets = httpTargets(topology, send);
  let probes = 0;
  const probe = async () => {
    await sleep(scheduler, 20);
    if (down.size > 0 && probes++ % 10 < killsHurt * 10) throw new Error('no answer');
  };
  const meter = createSteadyMeter({ clock, scheduler, probe });
  const controller = createController({ owner: 'chaos-1', enabled, nodes, targets, journal, clock, scheduler, meter });
  const inEffect = () =>
    [watchdog, ...registries.values()].flatMap((one) => one.list().map(({ fault }) => `${fault.id}@${fault.target}`));

  /** Lets virtual time pass until `work` is settled, or for `ms`. */
  async function finish<T>(work: Promise<T>, ms = 600_000): Promise<T> {
    const state = { settled: false };
    const over = () => void (state.settled = true);
    work.then(over, over);
    const until = clock.now() + ms;
    while (!state.settled && clock.now() < until) await simulation.run(clock.now() + 50);
    return work;
  }

  return {
    simulation,
    controller,
    journal,
    meter,
    registries,
    watchdog,
    unreachable,
    down,
    inEffect,
    restart,
    finish,
    events: () =>
      journal.recent().map(({ event, target, end }: JournalEntry) => [event, target, end].filter(Boolean).join(' ')),
    run: (experiment: string, signal = new AbortController().signal) =>
      finish(
        runExperiment(parseExperiment(experiment), { controller, nodes, meter, journal, clock, scheduler, signal }),
      ),
  };
}

export const limp = { id: 'f1', kind: 'limp.latency', target: 'ranking-2', ttlMs: 10_000, params: { meanMs: 50 } };
export const kill = { id: 'k1', kind: 'stop.kill', target: 'ranking-1', ttlMs: 8_000, params: { downMs: 5_000 } };
