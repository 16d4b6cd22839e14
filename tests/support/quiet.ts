import { spawn } from 'node:child_process';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tierlab, type TestCluster } from './cluster.ts';

/** The results of a load on a cluster without any fault: all but `sent` should be 0. */
export interface QuietResult {
  readonly sent: number;
  readonly failed: number;
  /** The failures by code, and the seconds of the load in which they were due: `: status_503 7 (7 at 12 s)`. */
  readonly failures: string;
  /** Incidents with a named cause that began during the load: `node verdict: reason`. */
  readonly incidents: readonly string[];
  readonly restarts: number;
}

interface Incident {
  readonly id: string;
  readonly node: string;
  readonly verdict?: string;
  readonly reasons: readonly string[];
}

/**
 * Searches at `rate` per second for the given time, then reads the incidents and restarts from monitors and watchdog.
 */
export async function quietLoad(cluster: TestCluster, rate: number, seconds: number): Promise<QuietResult> {
  const before = await state(cluster);
  const { sent, right, failures } = await searches(cluster, ['-R', `${rate}/s`], seconds);
  const after = await state(cluster);
  const known = new Set(before.incidents.map(({ id }) => id));
  const named = after.incidents.filter(({ id, verdict }) => verdict !== undefined && !known.has(id));
  return {
    sent,
    failed: sent - right,
    failures,
    incidents: [...new Set(named.map(({ node, verdict, reasons }) => `${node} ${verdict}: ${reasons[0]}`))],
    restarts: after.restarts - before.restarts,
  };
}

const users = 16;
const warmUpSeconds = 10;
const measuredSeconds = 5;

/** The rate of right answers to users who search again as soon as they have an answer, per second. */
export async function peakOf(cluster: TestCluster): Promise<number> {
  await searches(cluster, ['-u', String(users)], warmUpSeconds);
  const { right } = await searches(cluster, ['-u', String(users)], measuredSeconds);
  return Math.round(right / measuredSeconds);
}

async function searches(cluster: TestCluster, amount: readonly string[], seconds: number) {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'tierlab-quiet-'));
  const csv = path.join(folder.path, 'timeline.csv');
  const args = [...amount, '-d', `${seconds}s`, '--workload', 'search', '--long', '--json', '--csv', csv];
  const { code, stdout, stderr } = await tierlab('load', cluster.gateway, ...args);
  if (stdout === '') throw new Error(`tierlab load ended with ${code}: ${stderr}`);
  const { sent, right, codes } = JSON.parse(stdout) as { sent: number; right: number; codes: Record<string, number> };
  const times = failureTimes(await readFile(csv, 'utf8'));
  const kinds = Object.entries(codes).map(([kind, count]) => `${kind} ${count}`);
  return { sent, right, failures: sent === right ? '' : `: ${kinds.join(', ')} (${times.join(', ')})` };
}

/** `7 at 12 s` for each second of the load's timeline with requests that failed or got a wrong answer. */
function failureTimes(csv: string): string[] {
  const [header = '', ...lines] = csv.trim().split('\r\n');
  const column = (name: string) => header.split(',').indexOf(name);
  const [at, wrong, errors] = [column('at_ms'), column('wrong'), column('errors')];
  const bySecond = new Map<number, number>();
  for (const cells of lines.map((line) => line.split(',').map(Number))) {
    const count = cells[wrong]! + cells[errors]!;
    const second = Math.floor(cells[at]! / 1_000);
    if (count > 0) bySecond.set(second, (bySecond.get(second) ?? 0) + count);
  }
  return [...bySecond].map(([second, count]) => `${count} at ${second} s`);
}

async function state(cluster: TestCluster): Promise<{ incidents: readonly Incident[]; restarts: number }> {
  const nodes = await cluster.nodes();
  const monitors = nodes.filter(({ components }) => components.includes('monitor'));
  const lists = await Promise.all(
    monitors.map(async ({ port }) => {
      const response = await fetch(`http://127.0.0.1:${port}/api/incidents`);
      return ((await response.json()) as { incidents: Incident[] }).incidents;
    }),
  );
  return { incidents: lists.flat(), restarts: nodes.reduce((sum, { restarts }) => sum + restarts, 0) };
}

/** Another program that uses both cores in bursts of 1 to 3 s, with equally long pauses, until the block ends. */
export function startBursts(): Disposable {
  const burner = `
    const burn = () => {
      const until = performance.now() + 1000 + 2000 * Math.random();
      while (performance.now() < until);
      setTimeout(burn, 1000 + 2000 * Math.random());
    };
    burn();`;
  const children = [1, 2].map(() => spawn(process.execPath, ['-e', burner], { stdio: 'ignore' }));
  return { [Symbol.dispose]: () => children.forEach((child) => child.kill('SIGKILL')) };
}
