import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Type from 'typebox';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { exampleOf } from '../../../cli/chaos/parameters.ts';
import { tierlab, type ClusterPlace } from '../../../cli/command-line.ts';
import { createJournal } from '../../../services/chaos/journal.ts';
import { TopologyFile } from '../../../shared/cluster/topology.ts';
import { takenPorts } from '../../../shared/cluster/watchdog/port-check.ts';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { mechanismNames } from '../../../shared/rpc/mechanisms.ts';
import { resolvePolicy } from '../../../shared/rpc/policy.ts';
import { schemaProblem } from '../../../shared/schema/problem.ts';
import { run } from '../cli/run.ts';

afterEach(() => void vi.unstubAllEnvs());

async function listening(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

test.each(['::1', '::', '127.0.0.1', '0.0.0.0', 'localhost'])(
  'Q1: a port at which %s is taken is taken',
  async (host) => {
    const port = await listening(host);
    const [taken] = await takenPorts([port], '127.0.0.1');
    expect(taken).toMatchObject({ port, pid: process.pid });
  },
);

test('Q1: a port that is free at both addresses is free', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  expect(await takenPorts([port], '127.0.0.1')).toEqual([]);
});

test.each([['replay', '--help'], ['statsu'], ['statsu', '--json'], ['help', 'replay'], ['--help', 'lod'], ['Up']])(
  'Q5: a command that does not exist is a mistake, also with %s %s',
  async (...argv) => {
    const { said, exitCode } = await run(...argv);
    expect(exitCode).toBe(2);
    expect(said).toMatch(/there is no command "(replay|statsu|lod|Up)"; there are up, down, status/);
  },
);

test.each([
  ['TIERLAB_RATE_LIMIT', 'much'],
  ['TIERLAB_RATE_LIMIT', '-1'],
  ['TIERLAB_RATE_LIMIT', '1.5'],
  ['TIERLAB_RATE_LIMIT', '99999999'],
  ['TIERLAB_TLS', 'yes'],
  ['TIERLAB_CHAOS', 'true'],
  ['TIERLAB_LOG', 'loud'],
  ['TIERLAB_HOSTS', 'by-names'],
  ['TIERLAB_PORT_BASE', 'high'],
  ['TIERLAB_PORT_BASE', '-7000'],
])('Q5: %s=%s is named on the terminal before anything starts', async (name, value) => {
  vi.stubEnv(name, value);
  const { said, exitCode } = await run('up', '--topology', 'tiny', '--data', '/nowhere');
  expect(exitCode).toBe(2);
  expect(said).toContain(name);
  expect(said).toContain(`"${value}"`);
});

test.each<[ClusterPlace, string]>([
  [{}, 'npm run -s tierlab -- down'],
  [{ portBase: 20_000 }, 'npm run -s tierlab -- down --port-base 20000'],
  [{ portBase: 7_000, dataDir: '/some/data' }, 'npm run -s tierlab -- down --data /some/data'],
  [{ dataDir: "/my data/it's" }, `npm run -s tierlab -- down --data '/my data/it'\\''s'`],
])('Q5: a command for %j can be pasted', (place, words) => {
  vi.stubEnv('npm_lifecycle_event', 'tierlab');
  expect(tierlab('down', place)).toBe(words);
  const shell = spawnSync('/bin/sh', ['-c', `printf '%s\\n' ${words}`], { encoding: 'utf8' });
  if (place.dataDir !== undefined) expect(shell.stdout.trim().split('\n').at(-1)).toBe(place.dataDir);
});

test('Q5: without npm a command names the script that was started', () => {
  vi.stubEnv('npm_lifecycle_event', undefined);
  expect(tierlab('status')).toMatch(/^node \S+ status$/);
});

/** Words of validators, not of people. */
const jargon = /schema|instancePath|must (be|match|have|not)|propert(y|ies)|undefined|constant/i;

/** Every field of a schema, at every depth, with a value that cannot fit it. */
function wrongFields(schema: object, at: readonly string[] = []): (readonly string[])[] {
  const { properties = {}, items, anyOf = [] } = schema as { properties?: object; items?: object; anyOf?: object[] };
  const below = Object.entries(properties).flatMap(([name, it]) => [
    [...at, name],
    ...wrongFields(it as object, [...at, name]),
  ]);
  const inItems = items === undefined ? [] : wrongFields(items, [...at, '0']);
  return [...below, ...inItems, ...anyOf.flatMap((it) => wrongFields(it, at))];
}

/** An object with this value at this place, and lists where steps are numbers. */
function nested([step, ...more]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  return step === '0' ? [nested(more, value)] : { [step]: nested(more, value) };
}

test.each(wrongFields(TopologyFile).map((steps) => [steps.join('.'), steps] as const))(
  'Q7: a topology with a wrong %s says what would do there',
  (name, steps) => {
    const schema = Type.Partial(TopologyFile);
    const sentence = schemaProblem(schema, nested(steps, { no: 'such thing' }))!;
    expect(sentence).toContain(name.split('.')[0]);
    expect(sentence).toMatch(/is wanted|there is no such field|is missing/);
    expect(sentence.replace('$schema', '')).not.toMatch(jargon);
  },
);

test.each([
  ['{"name":"x","summary":"s","style":"flat","nodes":[]}', ['style', '"object-based", "layered"']],
  [
    '{"name":"X Y","summary":"s","style":"layered","nodes":[{"name":"a","components":["app"],"replicas":1}]}',
    ['name', '"X Y"', 'such as "ranking"'],
  ],
  [
    '{"name":"x","summary":"s","style":"layered","nodes":[{"name":"a","components":["app"],"replicas":"two"}]}',
    ['replicas', 'a whole number from 1 to 100', 'such as 1', '"two"'],
  ],
  ['{"name":"x","style":"layered","nodes":[]}', ['summary is missing', 'nodes: a list']],
  [
    '{"name":"x","summary":"s","style":"layered","nodes":[{"name":"a","component":["app"],"replicas":1}]}',
    ['nodes.0.component', 'there are name, components, replicas'],
  ],
  ['{"name":', ['not JSON']],
])('Q7: the topology file %s is refused with what is wrong and what would do', async (text, parts) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tierlab-topology-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'mine.json');
  writeFileSync(file, text);
  const { said, exitCode } = await run('up', '--topology', file);
  expect(exitCode).toBe(2);
  for (const part of parts) expect(said).toContain(part);
  expect(said).not.toMatch(jargon);
});

test.each([...faultKinds.values()].map((kind) => [kind.kind, kind] as const))(
  'Q7: a wrong order to inject %s comes back with a command that can be pasted',
  async (name, kind) => {
    vi.stubEnv('TIERLAB_PORT_BASE', '1');
    const words = exampleOf(kind).replaceAll('"', '').split(' ');
    // The example is good: it fails only because no cluster runs.
    expect(await run(...words)).toMatchObject({ exitCode: 1, said: expect.stringContaining('no cluster answers') });
    const { said, exitCode } = await run('chaos', 'inject', name, '--target', 'a');
    expect(exitCode).toBe(2);
    expect(said).toContain('--ttl');
    expect(said).toContain(tierlab(exampleOf(kind)));
    expect(said).not.toMatch(jargon);
  },
);

test.each([
  ['net.partition', [], ['--groups', '--ring']],
  ['net.partition', ['--groups', 'a,b'], ['--groups', 'at least 2']],
  ['limp.latency', ['--mean-ms', 'slow'], ['--mean-ms', '"slow"']],
  ['limp.latency', ['--mean-ms', '-1'], ['--mean-ms', 'from 0 to 900000', '-1']],
  ['limp.latency', [], ['--mean-ms', '--factor']],
  ['limp.cpu', ['--share', '2'], ['--share', 'not 2']],
  ['clock.skew', [], ['--offset-ms', '--drift-ppm']],
  ['byz.forge', ['--as', 'A B'], ['--as', '"A B"']],
  ['limp.latency', ['--mean-ms', '400', '--pick', 'few'], ['--pick', '"few"']],
])('Q7: "chaos inject %s %j" says which flag is wrong, and gives an example', async (kind, flags, parts) => {
  const { said, exitCode } = await run('chaos', 'inject', kind, '--target', 'a', '--ttl', '1s', ...flags);
  expect(exitCode).toBe(2);
  for (const part of [...parts, 'Example: ']) expect(said).toContain(part);
  expect(said).not.toMatch(jargon);
});

test.each([
  ['{"quorum":{"mode":"always"}}', ['policy.quorum.mode', 'there are when']],
  ['{"retry":{"maxAttempts":0}}', ['policy.retry.maxAttempts', 'a whole number from', 'not 0']],
  ['{"balance":{"by":"luck"}}', ['policy.balance.by', '"round_robin"']],
  ['{"base":"best"}', ['policy.base', '"resilient"', '"best"']],
  ['{"hedge":7}', ['policy.hedge', 'true or false']],
  ['{"hedge"', ['not JSON']],
  ['cautious', ['policy', 'naive']],
])('Q7: the policy %s is refused with what would do and a command that works', async (policy, parts) => {
  const { said, exitCode } = await run('policy', policy);
  expect(exitCode).toBe(2);
  for (const part of [...parts, 'Example: ']) expect(said).toContain(part);
  expect(said).not.toMatch(jargon);
});

test.each(mechanismNames)('Q7: the example that is printed for a wrong %s is a policy', async (name) => {
  const { said } = await run('policy', JSON.stringify({ [name]: { nonsense: 1 } }));
  const example = /Example: .* policy (?:'(.*)'|(\S+))$/m.exec(said)!;
  const text = example[1] ?? example[2]!;
  expect(() => resolvePolicy(text.startsWith('{') ? JSON.parse(text) : text)).not.toThrow();
});

test.each([
  [['search'], 'search domestic dog'],
  [['policy', 'naive', '--node'], 'policy'],
  [['node'], 'node ranking-2'],
  [['chaos', 'heal'], 'chaos heal f1'],
  [['chaos', 'run'], 'chaos run one-ranking-limps'],
  [['status', '--jsn'], 'status'],
  [['up', '--port-base', 'high'], 'up'],
])('Q7: %j comes back with a command that can be pasted', async (argv, example) => {
  const { said, exitCode } = await run(...argv);
  expect(exitCode).toBe(2);
  expect(said).toContain(`Example: ${tierlab(example)}`);
});

test.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])('P3: with %s a fault is not begun, and other lines wait', (code) => {
  let broken = true;
  const written: string[] = [];
  const troubles: unknown[] = [];
  const write = (line: string): void => {
    if (broken) throw Object.assign(new Error(code), { code });
    written.push(JSON.parse(line).id);
  };
  const journal = createJournal({ now: () => 0, wall: () => 0 }, write, [], (error) => troubles.push(error));
  const entry = { kind: 'none', target: 'a' };
  expect(() => journal.note({ ...entry, event: 'undo', id: 'f1' })).toThrow(code);
  journal.note({ ...entry, event: 'heal', id: 'f2' });
  journal.note({ ...entry, event: 'refuse', id: 'f3' });
  expect([written, troubles.length]).toEqual([[], 2]);
  expect(journal.recent().map(({ id }) => id)).toEqual(['f2', 'f3']);
  broken = false;
  journal.note({ ...entry, event: 'undo', id: 'f4' });
  expect(written).toEqual(['f2', 'f3', 'f4']);
});
