import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dataDirOf } from '../paths.ts';
import { styles } from '../../search/making.ts';
import type { Topology } from '../../shared/cluster/topology.ts';
import { topologyOf } from '../topology.ts';
import { arithmeticOf, type Arithmetic } from './arithmetic.ts';
import { crashEach, type Crash } from './crashes.ts';
import { loadCluster, type LoadFigures } from './load-figures.ts';
import { startOwnCluster } from '../own-cluster.ts';
import { runSession, type StyleFigures } from './session.ts';

export interface MeasureOptions {
  readonly rounds: number;
  /** Searches per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly crashes: boolean;
  readonly data?: string;
}

/** For the arithmetic: the share of the time for which each node is up, as in the course. */
const eachNode = 0.95;

/** Everything that was measured of one topology. */
export interface MeasuredTopology {
  readonly name: string;
  readonly topology: Topology;
  readonly arithmetic: Arithmetic;
  /** Of each round, in both styles. */
  readonly sessions: readonly (readonly StyleFigures[])[];
  readonly loads: readonly LoadFigures[];
  readonly crashes: readonly Crash[];
}

/** Starts and measures two topologies in turn. Nothing of them runs afterwards. */
export async function measureAll(
  names: readonly [string, string],
  options: MeasureOptions,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly [MeasuredTopology, MeasuredTopology]> {
  const dataDir = dataDirOf(options.data);
  const workDir = mkdtempSync(path.join(tmpdir(), 'tierlab-compare-'));
  const topologies = await Promise.all(names.map((name) => topologyOf(name, {})));
  const figures = topologies.map((topology) => ({
    name: topology.name,
    topology,
    arithmetic: arithmeticOf(topology, eachNode),
    sessions: [] as (readonly StyleFigures[])[],
    loads: [] as LoadFigures[],
    crashes: [] as readonly Crash[],
  }));
  try {
    for (let round = 1; round <= options.rounds; round++) {
      for (const [i, measured] of figures.entries()) {
        signal.throwIfAborted();
        const say = (what: string) => tell(`round ${round} of ${options.rounds}, ${measured.name}: ${what}`);
        say('starts');
        const cluster = await startOwnCluster(names[i]!, dataDir, { signal });
        try {
          say('searches and traces');
          measured.sessions.push(await runSession(cluster));
          // A load changes the figures of the next one. So each style is loaded first in every second round.
          for (const style of round % 2 === 1 ? styles : styles.toReversed()) {
            signal.throwIfAborted();
            say(`load in the ${style} style`);
            const load = { ratePerSecond: options.rate, seconds: options.seconds };
            measured.loads.push(await loadCluster(cluster, style, workDir, load));
          }
          signal.throwIfAborted();
          if (options.crashes && round === options.rounds)
            measured.crashes = await crashEach(cluster, (node) => {
              signal.throwIfAborted();
              say(`${node} is killed`);
            });
        } finally {
          await cluster.stop();
        }
      }
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  return figures as unknown as readonly [MeasuredTopology, MeasuredTopology];
}
