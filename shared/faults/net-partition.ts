import Type, { type Static } from 'typebox';
import { faultKind, params } from './fault.ts';

const Nodes = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });

const Params = params({
  groups: Type.Optional(
    Type.Array(Nodes, {
      minItems: 2,
      description: 'nodes of different groups cannot reach each other; nodes in no group reach all',
    }),
  ),
  bridge: Type.Array(Type.String(), { default: [], description: 'these nodes still reach all groups' }),
  /** In a ring of 4 or 5 nodes, each node sees a majority, and no two nodes see the same one. */
  ring: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      minItems: 4,
      description: 'each node reaches only the nodes before and after it',
    }),
  ),
  oneWay: Type.Boolean({ default: false, description: 'only messages of the first group to the others are lost' }),
  lost: Type.Enum(['both', 'requests', 'replies'], {
    default: 'both',
    description: 'replies: requests arrive and are carried out, their answers are lost',
  }),
});

/** Whether a message from `sender` to `receiver` is lost. */
export function isCut(topology: Static<typeof Params>, sender: string, receiver: string): boolean {
  const { groups, bridge, ring, oneWay } = topology;
  if (sender === receiver) return false;
  if (ring) {
    const [a, b] = [ring.indexOf(sender), ring.indexOf(receiver)];
    if (a === -1 || b === -1) return false;
    const apart = Math.abs(a - b);
    return apart !== 1 && apart !== ring.length - 1;
  }
  if (!groups || bridge.includes(sender) || bridge.includes(receiver)) return false;
  const [a, b] = [groups.findIndex((g) => g.includes(sender)), groups.findIndex((g) => g.includes(receiver))];
  if (a === -1 || b === -1 || a === b) return false;
  return oneWay ? a === 0 : true;
}

const named = ({ groups, ring = [] }: Pick<Static<typeof Params>, 'groups' | 'ring'>): readonly string[] =>
  (groups ?? [ring]).flat();

/** The network splits. Every node of the groups holds the same fault. */
export const netPartition = faultKind({
  kind: 'net.partition',
  summary: 'groups of nodes cannot reach each other',
  params: Params,
  check({ groups, ring, bridge, oneWay }) {
    if ((groups === undefined) === (ring === undefined)) return 'either groups or ring is needed';
    if (ring && (oneWay || bridge.length > 0)) return 'oneWay and bridge belong to groups, not to a ring';
    const all = named({ groups, ring });
    const twice = all.find((node, i) => all.indexOf(node) !== i);
    return twice === undefined ? undefined : `${twice} is named twice`;
  },
  nodes: named,
  edge: ({ params: topology }) =>
    function partition({ from, to }) {
      if (topology.lost !== 'replies' && isCut(topology, from, to)) return { do: 'lose', leg: 'request' };
      if (topology.lost !== 'requests' && isCut(topology, to, from)) return { do: 'lose', leg: 'reply' };
      return { do: 'pass' };
    },
});
