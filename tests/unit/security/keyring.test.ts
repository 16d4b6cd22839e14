import { expect, test } from 'vitest';
import type { StoredPage } from '../../../search/page.ts';
import type { TopologyNode } from '../../../shared/cluster/topology.ts';
import { keyringEnvironment, takeKeyring } from '../../../shared/security/keyring.ts';
import { pageChecks } from '../../../shared/integrity/page-check.ts';
import { processingKey } from '../../../shared/security/processing-key.ts';
import { isGenuine, signReceipt } from '../../../shared/security/receipts.ts';
import { firstVersion, signPage } from '../../../shared/security/signing.ts';
import { testCall } from '../rpc/layers/helpers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const nodes = [
  { id: 'app-1', components: ['app'] },
  { id: 'database-1', components: ['database'] },
  { id: 'server-1', components: ['app', 'database', 'ranking'] },
] as unknown as TopologyNode[];

function keyrings() {
  const dataDir = temporaryFolder();
  const environment = keyringEnvironment(dataDir, nodes);
  const take = (node: TopologyNode) => {
    const env: Record<string, string | undefined> = {
      TIERLAB_PROCESSING_KEY: 'inherited',
      ...environment(node, 1),
      PATH: '/bin',
    };
    return { keyring: takeKeyring(env), env };
  };
  return { dataDir, take };
}

test('readers of pages get the key that signs them; a node that only holds data does not get it', () => {
  const { dataDir, take } = keyrings();
  expect(nodes.map((node) => take(node).keyring.processing !== undefined)).toEqual([true, false, true]);
  expect(Buffer.from(take(nodes[0]!).keyring.processing!)).toEqual(processingKey(dataDir));
});

test('a node takes its keys out of its environment', () => {
  expect(keyrings().take(nodes[2]!).env).toEqual({ PATH: '/bin' });
});

test('each node signs in its own name only, and all know each other’s keys, after a restart too', () => {
  const { dataDir, take } = keyrings();
  const [app, database] = [take(nodes[0]!).keyring, take(nodes[1]!).keyring];
  const subject = { operation: 'x.y', request: {}, reply: {}, nonce: 'n' };
  const own = signReceipt(database.own!, 'database-1', 1, subject);
  expect(isGenuine(own, app.nodes.get('database-1')!)).toBe(true);
  const forged = signReceipt(database.own!, 'app-1', 1, subject);
  expect(isGenuine(forged, app.nodes.get('app-1')!)).toBe(false);
  const later = takeKeyring({ ...keyringEnvironment(dataDir, nodes)(nodes[0]!, 1) });
  expect(isGenuine(own, later.nodes.get('database-1')!)).toBe(true);
  expect(app.nodes.get('stranger')).toBeUndefined();
});

const key = Buffer.alloc(32, 7);
const unsigned = { id: 'p1', title: 'dog', body: 'barks', keywords: [], url: '/page/p1', links: [] };
const page: StoredPage = { ...unsigned, version: firstVersion, signature: signPage(key, unsigned, firstVersion) };

test.each([
  ['as it was signed', [page], { kind: 'right', items: ['p1'] }],
  ['withheld', [], { kind: 'right', items: [] }],
  [
    'with another body',
    [{ ...page, body: 'purrs' }],
    { kind: 'doubt', why: expect.stringMatching(/not what was signed/) },
  ],
  [
    'at another version',
    [{ ...page, version: 2 }],
    { kind: 'doubt', why: expect.stringMatching(/not what was signed/) },
  ],
  [
    'without a signature',
    [{ ...page, signature: undefined }],
    { kind: 'doubt', why: expect.stringMatching(/is not signed/) },
  ],
  ['that was not asked for', [{ ...page, id: 'p9' }], { kind: 'lie', why: expect.stringMatching(/was not asked for/) }],
  ['twice', [page, page], { kind: 'lie', why: expect.stringMatching(/comes twice/) }],
])('a page that comes %s', (_, pages, result) => {
  const found = pageChecks(key)['database.pages']!(testCall({ request: { ids: ['p1', 'p2'] } }), { pages });
  expect(found).toMatchObject(result);
});
