import { createController, type LostFault, type Targets } from '../../../services/chaos/controller.ts';
import { parseExperiment } from '../../../services/chaos/experiment.ts';
import { createJournal, type JournalEntry } from '../../../services/chaos/journal.ts';
import { runExperiment } from '../../../services/chaos/run.ts';
import { createSteadyMeter } from '../../../services/chaos/steady.ts';
import { faultHost } from '../../../shared/faults/host.ts';
import { createFaultRegistry } from '../../../shared/faults/registry.ts';
import { RpcError } from '../../../shared/rpc/errors.ts';
import { sleep } from '../../../shared/time/scheduler.ts';
import { createSimulation } from '../../../shared/time/sim/simulation.ts';
import { nodes } from './nodes.ts';

/** A cluster in virtual time: a real registry per node and one of the watchdog, 5 ms away, and a probe that feels `stop.kill`. */
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
  /** The node's process is another one: what it held is forgotten, and nobody was told. */
  const restart = (id: string): void => {
    watchdog.processGone(id);
    registries.get(id)!.healAll('shutdown');
    registries.set(id, registry('node', id));
  };
  const reach = async (site: string, target: string, tookMs = 5) => {
    await sleep(scheduler, tookMs);
    if (unreachable.has(target)) throw new RpcError('unreachable', `${target} is gone`);
    return site === 'watchdog' ? watchdog : registries.get(target)!;
  };
  const holding = new Set<string>();
  const targets: Targets = {
    async inject(site, fault) {
      (await reach(site, fault.target, injectMs)).inject(fault);
      holding.add(`${fault.id} ${fault.target}`);
    },
    async heal(site, target, id) {
      holding.delete(`${id} ${target}`);
      (await reach(site, target)).heal(id);
    },
    renew: async (owner) => {
      await sleep(scheduler, 5);
      const known = [watchdog, ...registries.values()].map((one) => one.renew(owner));
      const held = new Set(known.flatMap((it) => it.held.map(({ id, target }) => `${id} ${target}`)));
      const lost = [...holding].filter((key) => !held.has(key));
      for (const key of lost) holding.delete(key);
      return lost.map((key): LostFault => {
        const ended = known.flatMap((it) => it.ended).find(({ id, target }) => `${id} ${target}` === key);
        const [id, target] = key.split(' ') as [string, string];
        return { id, target, end: ended?.end ?? 'restart' };
      });
    },
    halt: async () => {
      await sleep(scheduler, 5);
      for (const one of [watchdog, ...registries.values()]) one.healAll('halt');
    },
  };
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
    events: () => journal.recent().map(({ event, target, end }: JournalEntry) => [event, target, end].filter(Boolean).join(' ')),
    run: (experiment: string, signal = new AbortController().signal) =>
      finish(runExperiment(parseExperiment(experiment), { controller, nodes, meter, journal, clock, scheduler, signal })),
  };
}

export const limp = { id: 'f1', kind: 'limp.latency', target: 'ranking-2', ttlMs: 10_000, params: { meanMs: 50 } };
export const kill = { id: 'k1', kind: 'stop.kill', target: 'ranking-1', ttlMs: 8_000, params: { downMs: 5_000 } };
