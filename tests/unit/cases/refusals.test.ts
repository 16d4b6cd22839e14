import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Type from 'typebox';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { tierlab, type ClusterPlace } from '../../../cli/command-line.ts';
import { TopologyFile } from '../../../shared/cluster/topology.ts';
import { faultKinds } from '../../../shared/faults/kinds.ts';
import { mechanismNames } from '../../../shared/rpc/mechanisms.ts';
import { schemaProblem } from '../../../shared/schema/problem.ts';
import { commandsIn } from '../cli/output.ts';
import { parse, run } from '../cli/run.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Runs a command that is called wrongly. Its answer names all `parts`. */
async function refusal(argv: readonly string[], parts: readonly string[]): Promise<string> {
  const { said, exitCode } = await run(...argv);
  expect(exitCode).toBe(2);
  for (const part of parts) expect(said).toContain(part);
  return said;
}

test.each([['replay', '--help'], ['statsu'], ['statsu', '--json'], ['help', 'replay'], ['--help', 'lod'], ['Up']])(
  'Q5: a command that does not exist is a mistake, also with %s %s',
  async (...argv) => {
    const said = await refusal(argv, ['up', 'down', 'status']);
    expect(said).toMatch(/"(replay|statsu|lod|Up)"/);
    expect(commandsIn(said)).toEqual([['--help']]);
  },
);

test.each([['undo', '999'], ['lsit', '--json'], ['experiment']])(
  'Q7: "chaos %s" is refused with the commands that there are',
  async (...words) => {
    const said = await refusal(['chaos', ...words], [`"chaos ${words[0]}"`, 'inject, list, heal, halt']);
    expect(commandsIn(said)).toEqual([['chaos', '--help']]);
  },
);

test.each([['limp'], ['limp.latencies', '--target', 'a'], ['stop-kill'], ['LIMP.LATENCY']])(
  'Q7: "chaos inject %s" is refused with the kinds that there are',
  async (...words) => {
    const said = await refusal(['chaos', 'inject', ...words], [`"chaos inject ${words[0]}"`, 'limp.latency, ']);
    expect(commandsIn(said)).toEqual([['chaos', 'inject', '--help']]);
  },
);

test.each([
  ['up --topology tiny'],
  ['down'],
  ['status'],
  ['logs app-1'],
  ['chaos list'],
  ['chaos inject none --target a --ttl 1s'],
  ['crawl .'],
  ['import pages.jsonl'],
  ['dataset'],
  ['compare tiny multitier'],
])('Q7: "%s" with an empty word for the data folder does not use the present folder', async (line) => {
  await refusal([...line.split(' '), '--data', ''], ['--data', './my-data']);
});

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
  ['TIERLAB_PORT_BASE', '1023'],
  ['TIERLAB_PORT_BASE', '31001'],
])('Q5: %s=%s is named on the terminal before anything starts', async (name, value) => {
  vi.stubEnv(name, value);
  await refusal(['up', '--topology', 'tiny', '--data', '/nowhere'], [name, `"${value}"`]);
});

test.each<[ClusterPlace, string[]]>([
  [{}, []],
  [{ portBase: 20_000 }, ['--port-base', '20000']],
  [{ portBase: 7_000, dataDir: '/some/data' }, ['--data', '/some/data']],
  [{ dataDir: "/my data/it's" }, ['--data', "/my data/it's"]],
])('Q5: a command for %j can be pasted, with npm and without', async (place, flags) => {
  for (const [npm, start] of [['tierlab', 'npm run -s tierlab -- '] as const, [undefined, 'node '] as const]) {
    vi.stubEnv('npm_lifecycle_event', npm);
    const command = tierlab('down', place);
    expect([command.startsWith(start), commandsIn(command)]).toEqual([true, [['down', ...flags]]]);
  }
  expect(await parse('down', ...flags)).toBe(0);
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
  'Q7: a topology with a wrong %s is refused by its name, in words of people',
  (name, steps) => {
    const sentence = schemaProblem(Type.Partial(TopologyFile), nested(steps, { no: 'such thing' }))!;
    expect(sentence).toContain(name.split('.')[0]);
    expect(sentence.replace('$schema', '')).not.toMatch(jargon);
  },
);

const topology = { name: 'x', summary: 's', style: 'layered', nodes: [] };
const topologyOf = (node: object) => ({ ...topology, nodes: [{ name: 'a', replicas: 1, ...node }] });

test.each<[object | string, string[]]>([
  [{ ...topology, style: 'flat' }, ['style', '"object-based", "layered"']],
  [{ ...topologyOf({ components: ['app'] }), name: 'X Y' }, ['name', '"X Y"', '"ranking"']],
  [topologyOf({ components: ['app'], replicas: 'two' }), ['replicas', '1 to 100', '"two"']],
  [{ ...topology, summary: undefined }, ['summary', 'nodes']],
  [topologyOf({ component: ['app'] }), ['nodes.0.component', 'name, components, replicas']],
  ['{"name":', ['mine.json', 'JSON']],
])('Q7: the topology file %j is refused with what is wrong and what would do', async (content, parts) => {
  const dir = temporaryFolder();
  const file = path.join(dir, 'mine.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  expect(await refusal(['up', '--topology', file], parts)).not.toMatch(jargon);
});

const faults = [...faultKinds.keys()].map((kind): [string, string[]] => [`chaos inject ${kind} --target a`, ['--ttl']]);
const unknown = mechanismNames.map((it): [string, string[]] => [`policy {"${it}":{"no":1}}`, [`policy.${it}.no`]]);

test.each<[string, string[]]>([
  ...faults,
  ['chaos inject net.partition --target a --ttl 1s', ['--groups', '--ring']],
  ['restart', ['--rolling', '--node']],
  ['restart --rolling --node a', ['--rolling', '--node']],
  ['chaos inject net.partition --target a --ttl 1s --groups a,b', ['--groups', 'at least 2']],
  ['chaos inject limp.latency --target a --ttl 1s --mean-ms slow', ['--mean-ms', '"slow"']],
  ['chaos inject limp.latency --target a --ttl 1s --mean-ms -1', ['--mean-ms', '0 to 900000', 'not -1']],
  ['chaos inject limp.latency --target a --ttl 1s', ['--mean-ms', '--factor']],
  ['chaos inject limp.latency --target a --ttl 1s --mean-ms 400 --pick few', ['--pick', '"few"']],
  ['chaos inject limp.cpu --target a --ttl 1s --share 2', ['--share', 'not 2']],
  ['chaos inject clock.skew --target a --ttl 1s', ['--offset-ms', '--drift-ppm']],
  ['chaos inject byz.forge --target a --ttl 1s --as A/B', ['--as', '"A/B"']],
  ['chaos inject none --target a --ttl 2h', ['--ttl', '15m', '"2h"']],
  ...unknown,
  ['policy {"quorum":{"mode":"always"}}', ['policy.quorum.mode', ' when']],
  ['policy {"retry":{"maxAttempts":0}}', ['policy.retry.maxAttempts', 'not 0']],
  ['policy {"balance":{"by":"luck"}}', ['policy.balance.by', '"round_robin"']],
  ['policy {"base":"best"}', ['policy.base', '"resilient"', '"best"']],
  ['policy {"hedge":7}', ['policy.hedge', 'true or false', 'not 7']],
  ['policy {"hedge":null}', ['policy.hedge', 'true or false', '{"quantile":0.95}', 'not null']],
  ['policy {"retry":5}', ['policy.retry', 'true or false', '{"maxAttempts":3}', 'not 5']],
  ['policy {"verify":[]}', ['policy.verify', 'true or false', 'not []']],
  ['policy {"hedge"', ['JSON']],
  ['policy {"hedge":true,"hedge":false}', ['hedge', 'twice']],
  ['policy cautious', ['policy', 'naive']],
])('Q7: "%s" is refused with what is wrong and a command that works', async (line, parts) => {
  vi.stubEnv('TIERLAB_PORT_BASE', '1024');
  const said = await refusal(line.split(' '), parts);
  expect(said).not.toMatch(jargon);
  const [command, ...more] = commandsIn(said);
  expect([line.startsWith(command!.slice(0, command![0] === 'chaos' ? 3 : 1).join(' ')), more]).toEqual([true, []]);
  // It is right: it fails only because no cluster answers there.
  expect(await run(...command!)).toEqual({ exitCode: 1, said: expect.stringContaining('port base 1024.') });
});

test.each([
  [['search'], []],
  [['policy'], ['naive', '--node']],
  [['node'], []],
  [['chaos', 'heal'], []],
  [['chaos', 'run'], []],
  [['status'], ['--jsn']],
  [['search'], ['dog', '--jsn']],
  [['search'], ['--limit', '5', 'dog']],
  [['search'], ['dog', '-cat', '--size=5', '--explain']],
  [['up'], ['--port-base', 'high']],
])('Q7: %j with the words %j comes back with a command that can be pasted', async (command, words) => {
  const [example] = commandsIn(await refusal([...command, ...words], []));
  expect(example?.slice(0, command.length)).toEqual(command);
  expect(await parse(...example!)).toBe(0);
});

test.each([
  [['restart']],
  [['policy', '{"hedge":7}']],
  [['policy', '{"hedge"']],
  [['chaos', 'inject', 'limp.latency', '--target', 'a', '--ttl', '1s']],
  [['status', '--jsn']],
  [['status']],
  [['logs', 'app-1']],
])('Q5: the command that %j prints repeats the place that was named', async (words) => {
  const flags = ['--port-base', '1999', '--data', '/no such data'];
  const [, , ...before] = process.argv;
  onTestFinished(() => void process.argv.splice(2, Infinity, ...before));
  process.argv.splice(2, Infinity, ...words, ...flags);
  const { said } = await run(...words, ...flags);
  const [command] = commandsIn(said);
  expect(command?.slice(-4)).toEqual(flags);
  expect(await parse(...command!)).toBe(0);
});
