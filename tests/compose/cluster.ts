import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Engine } from './engine.ts';

/** Runs a compose command; throws with what it said when it fails. */
export async function compose(engine: Engine, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await engine.compose(...args);
  if (code !== 0)
    throw new Error(`compose ${args.join(' ')} ended with ${code}:\n${stderr.slice(-4_000)}\n${stdout.slice(-2_000)}`);
  return stdout;
}

/** A request that is given up after a while: a container that goes may leave it without an answer. */
export const get = (url: string): Promise<Response> => fetch(url, { signal: AbortSignal.timeout(10_000) });

export interface Answer {
  readonly total: number;
  readonly servedBy: readonly string[];
  readonly results: readonly { readonly id: string; readonly title: string }[];
}

export interface NodeRow {
  readonly id: string;
  readonly pid: number | null;
  readonly state: string;
  readonly restarts: number;
  readonly lastRestart?: string;
}

export interface IncidentRow {
  readonly node: string;
  readonly verdict?: string;
  readonly outcome: string;
  readonly orders: readonly { readonly order: string; readonly result: string }[];
}

/** The tierlab command, as somebody runs it in a container of the cluster. */
export function commandIn(engine: Engine, container: string) {
  const tierlab = (...args: readonly string[]) =>
    engine.compose('exec', '-T', container, 'node', 'dist/tierlab.js', ...args);

  async function jsonOf<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await tierlab(...args, '--json');
    if (code !== 0) throw new Error(`tierlab ${args.join(' ')} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  return {
    tierlab,
    jsonOf,
    nodes: async () => (await jsonOf<{ nodes: readonly NodeRow[] }>('status')).nodes,
    /** What was named at `node` so far, the last one last. */
    incidentsOf: async (node: string) =>
      (await jsonOf<{ incidents: readonly IncidentRow[] }>('incidents')).incidents.filter((it) => it.node === node),
  };
}

/** The load is light: a user reads an answer before the next question, ms. */
const thinkMs = 150;

/** Users who search on while anything happens: how many answers were right, and what was wrong with the others. */
export function searching(doors: readonly string[], query: string, isRight: (answer: Answer) => boolean) {
  const seen = { right: 0, wrong: [] as string[] };
  const ending = new AbortController();
  async function user(): Promise<void> {
    for (let i = 0; !ending.signal.aborted; i++) {
      const response = await get(`${doors[i % doors.length]}/api/search?q=${query}&size=3`).catch(
        (error: Error) => error,
      );
      if (response instanceof Error) seen.wrong.push(String(response));
      // The problem names the node and the reason, so a failure of this test can be explained.
      else if (response.status !== 200) seen.wrong.push(`${new Date().toISOString()} ${await response.text()}`);
      else {
        const answer = (await response.json()) as Answer;
        if (isRight(answer)) seen.right++;
        else seen.wrong.push(JSON.stringify(answer));
      }
      await new Promise((resolve) => setTimeout(resolve, thinkMs));
    }
  }
  const users = [user(), user()];
  return {
    seen,
    async stop() {
      ending.abort();
      await Promise.all(users);
    },
  };
}

/**
 * The services of a compose file that `up` starts, without Grafana: its image comes from a registry, which not every
 * machine reaches. Services with a profile start only when somebody asks for it.
 */
export function servicesOf(file: string): readonly string[] {
  const text = readFileSync(path.resolve(import.meta.dirname, '../..', file), 'utf8');
  const { services } = parse(text, { merge: true }) as {
    services: Readonly<Record<string, { readonly profiles?: readonly string[] }>>;
  };
  return Object.entries(services).flatMap(([name, { profiles }]) => (profiles || name === 'grafana' ? [] : [name]));
}
