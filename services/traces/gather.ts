import { Value } from 'typebox/value';
import Type from 'typebox';
import type { TopologyNode } from '../../shared/cluster/topology.ts';
import type { ControlClient } from '../../shared/control/client.ts';
import { Span } from '../../shared/trace/span.ts';

/** The longest wait for the spans of a node, ms. */
const patienceMs = 1_000;
/** Spans that one answer may hold: the whole memory of a node. */
const Answer = Type.Object({ spans: Type.Array(Span, { maxItems: 10_000 }) });

export interface Gathering {
  readonly nodes: readonly Pick<TopologyNode, 'id' | 'host' | 'opsPort'>[];
  readonly control: ControlClient;
  readonly onSilent: (node: string) => void;
}

/**
 * Asks the nodes for their spans of the traces `ids`: first the nodes `from`, then those that their spans name, until
 * the spans name no new node. Every node is asked once.
 */
export async function gatherSpans(
  ids: readonly string[],
  from: readonly string[],
  { nodes, control, onSilent }: Gathering,
): Promise<Span[]> {
  const asked = new Set<string>();
  const found: Span[] = [];

  async function ask({ id, host, opsPort }: Gathering['nodes'][number]): Promise<readonly Span[]> {
    const path = '/admin/spans';
    try {
      const answer = await control(
        { host, port: opsPort },
        { method: 'POST', path, body: { ids }, timeoutMs: patienceMs },
      );
      if (Value.Check(Answer, answer)) return answer.spans.filter(({ node }) => node === id);
    } catch {
      // A node that has gone has no spans any more.
    }
    onSilent(id);
    return [];
  }

  for (let named = new Set(from); named.size > 0;) {
    const now = nodes.filter(({ id }) => named.has(id) && !asked.has(id));
    for (const { id } of now) asked.add(id);
    const spans = (await Promise.all(now.map(ask))).flat();
    found.push(...spans);
    named = new Set(spans.flatMap(({ peer }) => (peer === undefined || asked.has(peer) ? [] : [peer])));
  }
  return found;
}
