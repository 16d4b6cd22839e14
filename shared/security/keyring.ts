import type { KeyObject } from 'node:crypto';
import type { NodePlace } from './node-place.ts';
import { identitySecret, nodeKey, privateKeyFrom, privateKeyText, publicHalf } from './node-keys.ts';
import { processingKey } from './processing-key.ts';
import { publicKeyFrom, publicKeyText } from './receipts.ts';

/** The keys that one node holds. */
export interface Keyring {
  /** Signs and verifies pages; only nodes that read or write pages for users. */
  readonly processing?: Uint8Array | undefined;
  /** Its own, for receipts. */
  readonly own?: KeyObject | undefined;
  /** The public halves of all nodes' keys. */
  readonly nodes: ReadonlyMap<string, KeyObject>;
}

export const emptyKeyring: Keyring = { nodes: new Map() };

/** Whether it shows pages to users: then it is of the processing tier, and holds its key. Others must not. */
export const readsPages = ({ components }: Pick<NodePlace, 'components'>): boolean => components.includes('app');

const names = { processing: 'TIERLAB_PROCESSING_KEY', own: 'TIERLAB_NODE_KEY', nodes: 'TIERLAB_NODE_KEYS' } as const;

/**
 * The watchdog's side: what each node's environment says of keys. `all` = the nodes of the topology. A key that a node must not hold is
 * undefined, not absent: it must not be inherited either.
 */
export function keyringEnvironment(
  dataDir: string,
  all: readonly NodePlace[],
): (node: NodePlace) => Readonly<Record<string, string | undefined>> {
  const secret = identitySecret(dataDir);
  const keys = new Map(all.map(({ id }) => [id, nodeKey(secret, id)]));
  const published = JSON.stringify(
    Object.fromEntries([...keys].map(([id, key]) => [id, publicKeyText(publicHalf(key))])),
  );
  return (node) => ({
    [names.processing]: readsPages(node) ? Buffer.from(processingKey(dataDir)).toString('hex') : undefined,
    [names.own]: privateKeyText(keys.get(node.id)!),
    [names.nodes]: published,
  });
}

/** The node's side: takes the keys out of its environment, so that nothing it starts inherits them. */
export function takeKeyring(env: Record<string, string | undefined>): Keyring {
  const take = (name: string): string | undefined => {
    const value = env[name];
    delete env[name];
    return value === '' ? undefined : value;
  };
  const processing = take(names.processing);
  const own = take(names.own);
  const nodes = Object.entries(JSON.parse(take(names.nodes) ?? '{}') as Record<string, string>);
  return {
    processing: processing === undefined ? undefined : Buffer.from(processing, 'hex'),
    own: own === undefined ? undefined : privateKeyFrom(own),
    nodes: lazily(new Map(nodes)),
  };
}

/** Reading a key costs 50 µs: only those that are needed are read. */
function lazily(texts: ReadonlyMap<string, string>): ReadonlyMap<string, KeyObject> {
  const read = new Map<string, KeyObject>();
  const get = (node: string): KeyObject | undefined => {
    const text = texts.get(node);
    if (text !== undefined && !read.has(node)) read.set(node, publicKeyFrom(text));
    return read.get(node);
  };
  return Object.assign(new Map<string, KeyObject>(), { get, has: (node: string) => texts.has(node) });
}
