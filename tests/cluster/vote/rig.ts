import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster, type NodeRow, type TestCluster, type TestPage } from '../../support/cluster.ts';
import { askControl, type ControlRequest } from '../../../shared/control/client.ts';
import { tokenOf } from '../chaos/operator.ts';

export const topology = fileURLToPath(new URL('topology.json', import.meta.url));

const words = ['dog', 'cat', 'house', 'river', 'stone', 'red', 'small', 'old', 'wild', 'quick'];
/** Pages that share words, so that every search finds many and their order matters. */
export const pages: TestPage[] = Array.from({ length: 120 }, (_, i) => ({
  id: `p${i}`,
  title: `${words[i % 10]} number ${i}`,
  body: Array.from({ length: 5 + (i % 17) }, (_, j) => words[(i * 7 + j * j + (j % 3)) % 10]).join(' '),
  links: [`p${(i * 3 + 1) % 120}`, `p${(i * 5 + 2) % 120}`],
}));

/** What users ask: searches and pages. */
export const questions = [
  ...words.flatMap((word, i) => [`/api/search?q=${word}`, `/api/search?q=${word}+${words[(i + 3) % 10]}&size=5`]),
  ...Array.from({ length: 10 }, (_, i) => `/api/pages/p${i * 11}`),
];

export interface Count {
  asked: number;
  /** Another answer than before anything was broken. */
  wrong: number;
  /** An error, and so no answer. */
  failed: number;
  /** The last error or wrong answer. */
  why: string;
}

export interface Rig {
  readonly cluster: TestCluster;
  readonly nodes: readonly NodeRow[];
  readonly ask: (question: string) => Promise<string>;
  /** Asks every question `times` times, and compares with what was answered before anything was broken. */
  readonly ordeal: (times: number) => Promise<Count>;
  readonly ops: (node: string, path: string, init?: Pick<ControlRequest, 'method' | 'body'>) => Promise<unknown>;
  readonly policy: (policy: unknown) => Promise<void>;
  /** Injects a fault; gives back how to end it. */
  readonly lie: (node: string, kind: string, params?: object, scope?: object) => Promise<() => Promise<void>>;
  /** How often callers said that one of these lies, and how many application servers did of this one. */
  readonly accusations: (liars: readonly string[]) => number;
  readonly appsThatAccuse: (liar: string) => number;
  /** What each process was started with (Linux). */
  readonly environments: () => ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly stop: () => Promise<void>;
}

/** A cluster that takes faults, and the answers that it gives while it is well. */
export async function startRig(dataDir: string): Promise<Rig> {
  const cluster = await startCluster({ dataDir, topology, env: { TIERLAB_CHAOS: '1' } });
  try {
    return await rigOf(cluster);
  } catch (error) {
    await cluster.stop('SIGTERM');
    throw error;
  }
}

async function rigOf(cluster: TestCluster): Promise<Rig> {
  const nodes = await cluster.nodes();
  const token = tokenOf(cluster);
  const startedAt = Date.now();
  let ids = 0;

  async function ask(question: string): Promise<string> {
    const response = await fetch(`${cluster.gateway}${question}`);
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    const { tookMs: _tookMs, servedBy: _servedBy, ...answer } = (await response.json()) as Record<string, unknown>;
    return JSON.stringify(answer);
  }

  async function ops(id: string, where: string, init?: Pick<ControlRequest, 'method' | 'body'>): Promise<unknown> {
    const { opsPort } = nodes.find((node) => node.id === id)!;
    return askControl({ host: '127.0.0.1', port: opsPort }, { path: where, ...init, token, timeoutMs: 10_000 });
  }

  const oracle = new Map<string, string>();
  for (const question of questions) oracle.set(question, await ask(question));

  /** From the callers' logs: lost votes and bad signatures. */
  function accusers(liars: readonly string[]): string[] {
    return nodes.flatMap(({ id }) => {
      const log = path.join(cluster.runDir, 'logs', `${id}.log`);
      const lines = readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => /"event":"(vote-lost|bad-signature)"/.test(line))
        // A cluster before this one may have had the same ports, and so the same file.
        .filter((line) => (JSON.parse(line) as { time: number }).time >= startedAt);
      return lines.flatMap((line) => {
        const { node } = JSON.parse(line.replace('"node":', '"caller":')) as { node: string };
        return liars.includes(node) ? [id] : [];
      });
    });
  }

  return {
    cluster,
    nodes,
    ask,
    ops,
    async ordeal(times) {
      const count: Count = { asked: 0, wrong: 0, failed: 0, why: '' };
      const waiting = Array.from({ length: times }, () => questions).flat();
      const asker = async (): Promise<void> => {
        for (let question = waiting.pop(); question !== undefined; question = waiting.pop()) {
          count.asked++;
          try {
            const answer = await ask(question);
            if (answer === oracle.get(question)) continue;
            count.wrong++;
            count.why = `${question}: ${answer} instead of ${oracle.get(question)}`;
          } catch (error) {
            count.failed++;
            count.why = (error as Error).message;
          }
        }
      };
      await Promise.all(Array.from({ length: 4 }, asker));
      return count;
    },
    async policy(wanted) {
      for (const { id } of nodes) await ops(id, '/admin/policy', { method: 'POST', body: wanted });
    },
    async lie(node, kind, params = {}, scope = {}) {
      const id = `lie-${++ids}`;
      const fault = { id, kind, target: node, ttlMs: 60_000, params, scope, owner: 'test', seed: ids };
      await ops(node, '/admin/faults', { method: 'POST', body: fault });
      return async () => void (await ops(node, `/admin/faults/${id}`, { method: 'DELETE', body: undefined }));
    },
    accusations: (liars) => accusers(liars).length,
    appsThatAccuse: (liar) => new Set(accusers([liar]).filter((node) => node.startsWith('app-'))).size,
    environments: () =>
      new Map(
        nodes.map(({ id, pid }) => {
          const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
          return [id, new Map(entries.map((entry) => entry.split('=', 2) as [string, string]))];
        }),
      ),
    stop: async () => void (await cluster.stop('SIGTERM')),
  };
}
