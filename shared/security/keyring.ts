import { createSecretKey, type KeyObject } from 'node:crypto';
import { incarnationKey, pairKey } from './heartbeat-keys.ts';
import { identitySecret, nodeKey, privateKeyFrom, privateKeyText, publicHalf } from './node-keys.ts';
import { processingKey } from './processing-key.ts';
import { publicKeyFrom, publicKeyText } from './receipts.ts';

/** What decides which keys a node gets. */
interface NodePlace {
  readonly id: string;
  readonly components: readonly string[];
}

/** Node id -> the public half of its key. */
export type PublishedKeys = Readonly<Record<string, string>>;

/** The keys that one node holds. */
export interface Keyring {
  /** Signs and verifies pages; only nodes that read or write pages for users. */
  readonly processing?: Uint8Array | undefined;
  /** The node's own private key; signs receipts. */
  readonly own?: KeyObject | undefined;
  /** The public halves of all nodes' keys. */
  readonly nodes: ReadonlyMap<string, KeyObject>;
  /** The keys for its heartbeats, by monitor; valid for this incarnation only. */
  readonly toMonitors: ReadonlyMap<string, KeyObject>;
  /** The keys for the heartbeats of each node, in any incarnation; only monitors have them. */
  readonly fromNodes: ReadonlyMap<string, KeyObject>;
  /** Adds the public keys of new nodes. */
  readonly learn: (published: PublishedKeys) => void;
}

export const emptyKeyring: Keyring = {
  nodes: new Map(),
  toMonitors: new Map(),
  fromNodes: new Map(),
  learn: () => undefined,
};

/** Whether the node shows pages to users. Only such nodes (the processing tier) may hold the processing key. */
export const readsPages = ({ components }: Pick<NodePlace, 'components'>): boolean => components.includes('app');

const isMonitor = ({ components }: Pick<NodePlace, 'components'>): boolean => components.includes('monitor');

const names = {
  processing: 'TIERLAB_PROCESSING_KEY',
  own: 'TIERLAB_NODE_KEY',
  nodes: 'TIERLAB_NODE_KEYS',
  toMonitors: 'TIERLAB_HEARTBEAT_KEYS',
  fromNodes: 'TIERLAB_HEARTBEAT_SENDERS',
} as const;

/**
 * The watchdog's side: the variables for keys in each node's environment. `all` = the nodes of the topology. A key that
 * a node must not hold is set to undefined, so that the node does not inherit it.
 */
export function keyringEnvironment(
  dataDir: string,
  all: readonly NodePlace[],
): (node: NodePlace, incarnation: number) => Readonly<Record<string, string | undefined>> {
  const secret = identitySecret(dataDir);
  const keys = new Map(all.map(({ id }) => [id, nodeKey(secret, id)]));
  const published = JSON.stringify(publishedKeys(dataDir, all));
  const monitors = all.filter(isMonitor).map(({ id }) => id);
  const textOf = (keyOf: (id: string) => KeyObject, ids: readonly string[]): string =>
    JSON.stringify(Object.fromEntries(ids.map((id) => [id, keyOf(id).export().toString('base64url')])));
  return (node, incarnation) => ({
    [names.toMonitors]: textOf((id) => incarnationKey(pairKey(secret, node.id, id), incarnation), monitors),
    [names.fromNodes]: isMonitor(node) ? textOf((id) => pairKey(secret, id, node.id), [...keys.keys()]) : undefined,
    [names.processing]: readsPages(node) ? Buffer.from(processingKey(dataDir)).toString('hex') : undefined,
    [names.own]: privateKeyText(keys.get(node.id)!),
    [names.nodes]: published,
  });
}

export function publishedKeys(dataDir: string, all: readonly NodePlace[]): PublishedKeys {
  const secret = identitySecret(dataDir);
  return Object.fromEntries(all.map(({ id }) => [id, publicKeyText(publicHalf(nodeKey(secret, id)))]));
}

/** The node's side: removes the keys from its environment, so that its child processes do not inherit them. */
export function takeKeyring(env: Record<string, string | undefined>): Keyring {
  const take = (name: string): string | undefined => {
    const value = env[name];
    delete env[name];
    return value === '' ? undefined : value;
  };
  const processing = take(names.processing);
  const own = take(names.own);
  const takeAll = (name: string) => Object.entries(JSON.parse(take(name) ?? '{}') as Record<string, string>);
  const takeSecrets = (name: string): ReadonlyMap<string, KeyObject> =>
    new Map(takeAll(name).map(([id, text]) => [id, createSecretKey(text, 'base64url')]));
  const nodes = new Map(takeAll(names.nodes));
  return {
    processing: processing === undefined ? undefined : Buffer.from(processing, 'hex'),
    own: own === undefined ? undefined : privateKeyFrom(own),
    nodes: lazily(nodes),
    toMonitors: takeSecrets(names.toMonitors),
    fromNodes: takeSecrets(names.fromNodes),
    learn(published) {
      for (const [id, text] of Object.entries(published)) nodes.set(id, text);
    },
  };
}

/** Parses a key when it is first used, because parsing costs 50 µs. */
function lazily(texts: ReadonlyMap<string, string>): ReadonlyMap<string, KeyObject> {
  const read = new Map<string, KeyObject>();
  const get = (node: string): KeyObject | undefined => {
    const text = texts.get(node);
    if (text !== undefined && !read.has(node)) read.set(node, publicKeyFrom(text));
    return read.get(node);
  };
  return Object.assign(new Map<string, KeyObject>(), { get, has: (node: string) => texts.has(node) });
}
