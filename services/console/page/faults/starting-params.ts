import type { AboutNode } from '../../about.ts';

/** Values with a visible effect, for parameters without a default or with a default that changes nothing. */
const values: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'limp.bandwidth': { bytesPerSecond: 2_000 },
  'limp.intermittent': { onMs: 1_000, offMs: 2_000, meanMs: 400 },
  'limp.disk': { meanMs: 50 },
  'net.delay': { meanMs: 200 },
  'clock.skew': { offsetMs: 60_000 },
};

/** Pure: the parameters of a kind before a person changes them, as texts: a dry run accepts them. */
export function startingParams(kind: string, node: AboutNode, others: readonly AboutNode[]): Record<string, string> {
  const button = node.breaks.find(({ fault }) => fault.kind === kind);
  const peer =
    others.find(({ id, group }) => id !== node.id && group === node.group) ?? others.find((it) => it !== node);
  const given = button?.fault.params ?? (kind === 'byz.forge' && peer ? { as: peer.id } : values[kind]) ?? {};
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
