import { expect, test } from 'vitest';
import { breaksOf } from '../../../services/console/breaks.ts';
import type { Topology } from '../../../shared/cluster/topology.ts';
import { topologyNamed } from '../../support/topologies.ts';

/** The nodes whose lies users are said to see. */
function believed(topology: Topology): string[] {
  const lieOf = (node: Topology['nodes'][number]) => breaksOf(node, topology).find(({ name }) => name === 'lie')!;
  return topology.nodes
    .filter((node) => lieOf(node).explanation.includes('users will see the lie'))
    .map(({ id }) => id);
}

test('the button says that users will see the lie, if no vote checks the answers of the node', async () => {
  const multitier = await topologyNamed('multitier');
  expect(believed(multitier)).toEqual([
    'query-1',
    'query-2',
    'html-1',
    'html-2',
    'app-1',
    'app-2',
    'gateway-1',
    'gateway-2',
  ]);
  const voteless = believed({ ...multitier, policy: 'naive' });
  expect(voteless).toEqual(expect.arrayContaining(['database-1-1', 'ranking-1']));
});

test('a single replica cannot be outvoted, and a single server is called by nobody', async () => {
  expect(believed(await topologyNamed('tiny'))).toEqual(expect.arrayContaining(['ranking-1', 'html-1']));
  expect(believed(await topologyNamed('single-server'))).toEqual([]);
});
