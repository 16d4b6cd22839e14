import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { StartedCluster } from '../../../labs/kit/cluster.ts';
import { alone } from '../../../labs/kit/topology.ts';
import { LabUnknownError } from '../../../labs/runner/errors.ts';
import type { RunEvent } from '../../../labs/runner/events.ts';
import { utilisation } from '../../../labs/10-utilisation/lab.ts';
import { homeAt } from '../../../labs/runner/home.ts';
import type { LabJournalEntry } from '../../../labs/runner/journal.ts';
import type { Lab, LabNode } from '../../../labs/runner/lab.ts';
import type { LabResult } from '../../../labs/runner/result.ts';
import { runLab, type LabRunOptions } from '../../../labs/runner/run.ts';
import { takenPorts } from '../../../shared/cluster/watchdog/port-check.ts';
import { isAlive, until } from '../../support/cluster.ts';
import { compiled } from '../../support/compiled.ts';
import { labCommand, labMain } from '../../support/lab-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const home = homeAt(folder);
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [labMain, ...args, '--home', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: compiled,
  });
  running.add(child);
  let output = '';
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<number>((resolve) =>
    child.once('close', (code) => {
      running.delete(child);
      resolve(code ?? -1);
    }),
  );
  return { child, ended, output: () => output };
}

const run = (...args: string[]) => labCommand(...args, '--home', folder);

const journal = (): LabJournalEntry | undefined => {
  try {
    return JSON.parse(readFileSync(home.journal, 'utf8')) as LabJournalEntry;
  } catch {
    return undefined;
  }
};

async function nothingIsLeft({ pid, portBase }: { pid: number; portBase: number }): Promise<void> {
  await until(() => !isAlive(pid), 20_000);
  const ports = [0, 100, 101, 102, 1_100, 1_101].map((offset) => ({
    port: portBase + offset,
    protocol: 'TCP' as const,
  }));
  expect(await takenPorts(ports, '127.0.0.1')).toEqual([]);
  await until(() => !existsSync(home.journal), 20_000);
}

type Started = ReturnType<typeof start>;

/** Starts a lab and waits for its cluster. A busy machine refuses to start one, so it is tried again for a minute. */
async function startWithCluster(...args: string[]) {
  const giveUpAt = performance.now() + 60_000;
  for (;;) {
    const lab = start(...args);
    const cluster = await clusterOf(lab);
    if (cluster) return { lab, cluster };
    if (performance.now() > giveUpAt) throw new Error(`the lab did not start: ${lab.output()}`);
  }
}

async function clusterOf(lab: Started): Promise<LabJournalEntry['cluster']> {
  let ended = false;
  void lab.ended.then(() => (ended = true));
  const found = await until(() => {
    const entry = journal();
    return entry?.phase === 'running' && entry.cluster ? entry.cluster : ended ? 'ended' : undefined;
  }, 60_000);
  return found === 'ended' ? undefined : found;
}

test('a live lab runs on its own processes, proves its faults, and leaves nothing', async () => {
  const { lab, cluster } = await startWithCluster(
    '06',
    '--live',
    '--predict',
    '25,50,75,100',
    '--because',
    'each tier waits for the next one',
  );
  const code = await lab.ended;
  const result = JSON.parse(readFileSync(path.join(home.reports('06'), 'result.json'), 'utf8')) as LabResult;
  // On a busy machine the verdict may be UNKNOWN, but it is never FAIL.
  expect([0, 2], lab.output()).toContain(code);
  expect(result.faults).toHaveLength(7);
  for (const { applied, matched } of result.faults) {
    expect(applied).toBeGreaterThan(100);
    expect(applied).toBe(matched);
  }
  expect(result.hostNoise).not.toBeNull();
  await nothingIsLeft(cluster);
}, 150_000);

test('kill -9 of the runner while it runs: its cluster ends, restore cleans up, and the lab starts again', async () => {
  const { lab, cluster } = await startWithCluster('06', '--live', '--yes');
  lab.child.kill('SIGKILL');
  await lab.ended;
  const refused = run('06', '--live', '--yes');
  expect(refused.status).toBe(3);
  expect(refused.stderr).toContain('npm run lab -- restore');
  const restored = run('restore');
  expect(restored.status, restored.stderr).toBe(0);
  await nothingIsLeft(cluster);
  expect(run('06', '--virtual', '--yes').status).toBe(0);
}, 150_000);

test('kill -9 of the runner while it stops: restore cleans up', async () => {
  const { lab, cluster } = await startWithCluster('10', '--live', '--yes');
  // The cluster is ready: an interrupt while it starts ends it in another phase.
  await until(() => lab.output().includes('calls at rho'), 60_000);
  lab.child.kill('SIGINT');
  await until(() => journal()?.phase === 'stopping', 20_000);
  lab.child.kill('SIGKILL');
  await lab.ended;
  const restored = run('restore');
  expect(restored.status, restored.stderr).toBe(0);
  expect(restored.stdout).toContain('phase "stopping"');
  await nothingIsLeft(cluster);
}, 150_000);

test('a node that dies by itself in any cluster of a lab makes the run unknown', async () => {
  const topology = {
    nodes: [
      alone('monitor'),
      { name: 'server', components: ['query', 'database'], replicas: 1 },
      { name: 'unloved', components: ['ranking'], replicas: 1 },
    ],
  };
  const dying: Lab = {
    ...utilisation,
    async live(_, { cluster }) {
      const first = (await cluster(topology)) as StartedCluster;
      await first.crash('unloved-1');
      const { pid } = first.nodes.find(({ id }) => id.startsWith('server')) as LabNode & { readonly pid: number };
      process.kill(pid, 'SIGKILL');
      await until(async () => (await first.died()).length > 0, 20_000);
      await cluster(topology);
      return { points: [], checks: [], timeline: [] };
    },
  };
  const { checks } = await runCalmly(dying);
  expect(checks).toContainEqual({
    label: 'no node of the lab ends by itself',
    verdict: 'UNKNOWN',
    detail: expect.stringMatching(/^server\S* ended/),
    next: 'run it again',
  });
}, 150_000);

/** A busy machine refuses to start a lab, so it is tried again for a minute. */
async function runCalmly(lab: Lab, frontEnd: Partial<Pick<LabRunOptions, 'on' | 'choose'>> = {}): Promise<LabResult> {
  const giveUpAt = performance.now() + 60_000;
  const on = (): void => undefined;
  const { signal } = new AbortController();
  for (;;) {
    try {
      const predict = () => Promise.resolve(undefined);
      return await runLab({ lab, form: 'live', owner: {}, home, signal, predict, on, ...frontEnd });
    } catch (error) {
      if (!(error instanceof LabUnknownError) || performance.now() > giveUpAt) throw error;
    }
  }
}

const progress = (): string => (existsSync(home.progress) ? readFileSync(home.progress, 'utf8') : '');

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s of the server of the pages: the run that it had started stops its cluster, and counts nothing',
  async (signal) => {
    const attempts = progress();
    const served = start('serve', '--port', '0');
    const { origin, searchParams } = new URL(await until(() => /http:\S+/.exec(served.output())?.[0] ?? '', 20_000));
    const cookie = `tierlab-labs-${new URL(origin).port}=${searchParams.get('key')}`;
    const headers = { cookie, 'content-type': 'application/json' };
    const body = JSON.stringify({ lab: '06', form: 'live', student: '', prediction: null });
    const giveUpAt = performance.now() + 60_000;
    let cluster: LabJournalEntry['cluster'];
    while (!cluster && performance.now() < giveUpAt) {
      await fetch(`${origin}/api/runs`, { method: 'POST', headers, body });
      // A busy machine refuses to start a lab: then it is tried again.
      cluster = await until(() => journal()?.cluster, 15_000).catch(() => undefined);
    }
    served.child.kill(signal);
    // npm passes a signal on a second time, while the server stops.
    if (signal === 'SIGTERM') await until(() => served.output().includes('stopping'), 20_000);
    served.child.kill(signal);
    expect(await served.ended).toBe(signal === 'SIGTERM' ? 0 : -1);
    await nothingIsLeft(cluster!);
    expect(progress()).toBe(attempts);
  },
  150_000,
);

test('Ctrl-C stops everything, and no attempt is counted', async () => {
  const attempts = readFileSync(home.progress, 'utf8');
  const { lab, cluster } = await startWithCluster('06', '--live', '--yes');
  lab.child.kill('SIGINT');
  expect(await lab.ended).toBe(130);
  expect(lab.output().trim().split('\n').at(-1)).toContain('interrupted');
  expect(readFileSync(home.progress, 'utf8')).toBe(attempts);
  await nothingIsLeft(cluster);
}, 100_000);

test('a lab asks the person while it runs, and tells nobody of a secret fault', async () => {
  const events: RunEvent[] = [];
  const choices = [{ label: 'Which one is it?', options: ['server-1', 'monitor-1'] }];
  let answers: readonly string[] | undefined;
  const asking: Lab = {
    ...utilisation,
    async live(_, { cluster, choose }) {
      const { inject } = await cluster({
        nodes: [alone('monitor'), { name: 'server', components: ['query', 'database'], replicas: 1 }],
      });
      const fault = { kind: 'limp.latency', params: { meanMs: 1 } };
      const heal = [
        await inject('server-1', { ...fault, secret: true }),
        await inject('server-1', { ...fault, kind: 'net.delay' }),
      ];
      answers = await choose(choices, new AbortController().signal);
      for (const each of heal) await each();
      return { points: [], checks: [], timeline: [] };
    },
  };
  await runCalmly(asking, { on: (event) => void events.push(event), choose: async ([one]) => [one!.options[0]!] });
  expect(answers).toEqual(['server-1']);
  const faults = events.flatMap((event) => (event.kind === 'fault' ? [event.fault] : []));
  expect(new Set(faults)).toEqual(new Set(['net.delay']));
  const asked = events.flatMap((event) => (event.kind === 'choices' ? [event.choices] : []));
  expect(asked).toEqual([choices, []]);
}, 150_000);
