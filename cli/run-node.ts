import pino from 'pino';
import { loadComponents } from '../services/registry.ts';
import { startNode, type RunningNode } from '../shared/cluster/node.ts';
import { loadCheckedTopology } from '../shared/cluster/topology-file.ts';
import { systemClock } from '../shared/time/clock.ts';
import { systemRandom } from '../shared/time/random.ts';
import { systemScheduler } from '../shared/time/scheduler.ts';
import { topologiesDir } from './paths.ts';

/**
 * The process edge of one node: real clocks, chance, timers and sockets are put in here. Started by the watchdog with
 * [id, topology, portBase, datasetDir]; says `ready` over IPC; ends with its parent.
 */
export async function runNode([id, topologyName, portBase, datasetDir]: readonly string[]): Promise<void> {
  const byName = process.env.TIERLAB_HOSTS === 'by-name';
  const log = pino({ base: { node: id }, level: process.env.TIERLAB_LOG ?? 'info' });
  let running: RunningNode | undefined;
  let leaving = false;

  async function leave(why: string): Promise<void> {
    if (leaving) return;
    leaving = true;
    log.info({ why }, 'stopping');
    await running?.stop();
    process.exit(0);
  }
  process.on('SIGTERM', () => void leave('SIGTERM'));
  // Ctrl-C reaches the whole process group; the watchdog decides the order.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => void leave('the watchdog has gone'));
  // Fail fast: a node in an unknown state must not go on answering.
  process.on('uncaughtException', (err) => {
    log.fatal({ err }, 'uncaught');
    process.exit(70);
  });

  const options = { portBase: Number(portBase), hosts: byName ? 'by-name' : 'loopback' } as const;
  const topology = await loadCheckedTopology(topologyName!, topologiesDir, options);
  const node = topology.nodes.find((candidate) => candidate.id === id);
  if (!node) throw new Error(`topology ${topology.name} has no node ${id}`);
  running = await startNode({
    topology,
    node,
    components: await loadComponents(node.components),
    incarnation: systemClock.wall(),
    datasetDir: datasetDir!,
    clock: systemClock,
    random: systemRandom,
    scheduler: systemScheduler,
    log,
    operatorToken: process.env.TIERLAB_OPERATOR_TOKEN,
    bindHost: byName ? '0.0.0.0' : '127.0.0.1',
  });
  log.info({ port: node.port, opsPort: node.opsPort, components: node.components }, 'ready');
  process.send?.({ ready: true });
}
