import { expect, test } from 'vitest';
import { chaosIsOff } from '../../../shared/faults/chaos-off.ts';
import { dataFolder, startCluster, tierlab } from '../../support/cluster.ts';
import { operator } from './operator.ts';
import { pages } from './pages.ts';

test('a cluster that was started without chaos says so, and how it is started with', async () => {
  const dataDir = await dataFolder(pages);
  const other = await startCluster({ dataDir, topology: 'single-server', env: { TIERLAB_CHAOS: '0' } });
  const refused = await tierlab('chaos', 'inject', 'none', '--target', 'server-1', '--ttl', '1s', ...other.flags);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/npm start -- --chaos\b/)]);
  const [node] = await other.nodes();
  const fault = { id: 'f', kind: 'none', target: 'server-1', ttlMs: 1_000, owner: 'somebody' };
  const atNode = await operator(other).order(node!.opsPort, 'POST', '/admin/faults', fault);
  expect([atNode.status, atNode.body.detail]).toEqual([403, chaosIsOff]);
}, 110_000);
