import { expect, test, vi } from 'vitest';
import type { ChaosConnection } from '../../../cli/chaos/connection.ts';
import { cases, casesOf } from '../../../cli/chaos/matrix/cases.ts';
import { singleReplicas, withVotes } from '../../../cli/chaos/matrix/votes.ts';
import { parametersOf } from '../../../cli/chaos/parameters.ts';
import type { Terminal } from '../../../cli/terminal.ts';
import { topologyOf } from '../../../cli/topology.ts';
import type { ControlPort } from '../../../services/chaos/control-port.ts';
import { isDeceived } from '../../../shared/faults/byz-equivocate.ts';
import { faultKinds, kindAndParams } from '../../../shared/faults/kinds.ts';

test('every kind of fault has exactly one row in the matrix, so that none can silently do nothing', () => {
  expect(cases.map(({ kind }) => kind).toSorted()).toEqual([...faultKinds.keys()].toSorted());
});

const others = { caller: 'app-1', callers: ['app-1', 'app-2'], nodes: ['app-1', 'gateway-1', 'ranking-1'] };
test.each(cases.map((it) => [it.kind, it] as const))('the parameters of the row %s are valid', (kind, it) => {
  expect(() => kindAndParams(kind, it.params('ranking-2', others))).not.toThrow();
});

test("an equivocating node lies to one of two callers, whatever the fault's id", () => {
  const { seed } = cases.find(({ kind }) => kind === 'byz.equivocate')!;
  for (let i = 0; i < 50; i++) {
    const fault = { id: `matrix-${i}`, seed: seed!(`matrix-${i}`, others) };
    expect(isDeceived(fault, 'app-1')).not.toBe(isDeceived(fault, 'app-2'));
  }
});

test('kinds that do not exist are named, the others chosen in the order of the matrix', () => {
  const { rows, unknown } = casesOf(['byz.rank', 'stop.kill', 'stop.everything']);
  expect([rows.map(({ kind }) => kind), unknown]).toEqual([['stop.kill', 'byz.rank'], ['stop.everything']]);
});

test.each([
  [
    'limp.latency',
    { meanMs: '400ms', distribution: 'pareto', factor: '2' },
    { meanMs: 400, distribution: 'pareto', factor: 2 },
  ],
  ['limp.latency', { meanMs: '1s' }, { meanMs: 1_000 }],
  ['net.partition', { groups: 'a,b|c', oneWay: true }, { groups: [['a', 'b'], ['c']], oneWay: true }],
  ['byz.omit', { ids: 'x, y' }, { ids: ['x', 'y'] }],
  ['stop.kill', {}, {}],
])('flags of %s become parameters: %j', (name, flags, expected) => {
  expect(parametersOf(faultKinds.get(name)!, flags)).toEqual(expected);
});

test('a flag that is no number is refused with its name', () => {
  expect(() => parametersOf(faultKinds.get('limp.latency')!, { meanMs: 'slow' })).toThrow('--mean-ms');
});

test.each([
  ['tiny', ['database/1', 'ranking']],
  ['multitier', []],
])('in %s, these groups have too few replicas for a vote: %j', async (name, single) => {
  expect(singleReplicas((await topologyOf(name, {})).nodes)).toEqual(single);
});

test('with one replica of a tier, the matrix leaves the policy as it is, and says so', async () => {
  const { nodes } = await topologyOf('tiny', {});
  const unreachable: ControlPort = { name: 'ranking-1', site: 'node', url: 'http://127.0.0.1:1' };
  const connection = { nodes, ports: [unreachable] } as unknown as ChaosConnection;
  const line = vi.fn<(text: string) => void>();
  const terminal = { line } as unknown as Terminal;
  expect(await withVotes(connection, 'always', terminal, () => Promise.resolve('done'))).toBe('done');
  expect(line).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('database/1, ranking'));
});
