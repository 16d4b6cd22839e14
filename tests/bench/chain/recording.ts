import { database } from '../../../services/database/contract.ts';
import { findAcrossShards } from '../../../services/database/scatter.ts';
import { app } from '../../../services/app/contract.ts';
import { html } from '../../../services/html/contract.ts';
import type { Making } from '../../../search/making.ts';
import { query } from '../../../services/query/contract.ts';
import { ranking } from '../../../services/ranking/contract.ts';
import { candidatesFor } from '../../../search/candidates.ts';
import { rankRequest } from '../../../services/ranking/rank-request.ts';
import { searchResults } from '../../../search/search-results.ts';
import type { Call, Reply } from '../../../shared/rpc/call.ts';
import { benchContext } from '../caller.ts';
import { httpClientTransport } from '../../../shared/rpc/transports/http-client.ts';
import { upstream } from '../../../shared/rpc/upstream.ts';
import { systemClock } from '../../../shared/time/clock.ts';
import { systemRandom } from '../../../shared/time/random.ts';
import type { NodeRow } from '../cluster/cluster.ts';

/** The messages of one hop: name -> request and reply. */
export type Recording = Readonly<Record<string, { request: unknown; reply: unknown }>>;

/** Makes one search against a running cluster in the way of the application server, and keeps every message. */
export async function record(nodes: readonly NodeRow[], q: string): Promise<Recording> {
  const transport = httpClientTransport({ node: 'bench-1', clock: systemClock });
  const kept: Record<string, { request: unknown; reply: unknown }> = {};
  async function send(call: Call): Promise<Reply> {
    const hosts = nodes.filter(({ components }) => components.includes(call.component));
    const node = hosts[(call.shard ?? 1) - 1]!;
    const reply = await transport.send({ ...call, endpoint: { node: node.id, host: '127.0.0.1', port: node.port } });
    kept[`${call.component}.${call.operation.name}${call.shard ?? ''}`] = { request: call.request, reply: reply.body };
    return reply;
  }
  const context = benchContext(10_000);
  const search = { q, page: 1, size: 10, explain: false };
  try {
    const { plan, suggestion } = await upstream(query, send, systemRandom).plan({ q }, context);
    const found = await findAcrossShards(
      upstream(database, send, systemRandom),
      2,
      { plan, size: candidatesFor(search) },
      context,
    );
    const { ranked } = await upstream(ranking, send, systemRandom).rank(rankRequest(search, plan, found), context);
    const results = searchResults(search, plan, suggestion, found, ranked);
    const making: Making = {
      tookMs: 1,
      via: ['gateway-1', 'app-1'],
      servedBy: context.servedBy,
      style: 'object-based',
    };
    await upstream(html, send, systemRandom).results({ results, making }, context);
    await upstream(app, send, systemRandom).search({ search, format: 'html' }, context);
    return kept;
  } finally {
    await transport.close();
  }
}
