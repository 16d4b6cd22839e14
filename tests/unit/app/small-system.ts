import path from 'node:path';
import { appComponent } from '../../../services/app/component.ts';
import { clientComponent } from '../../../services/client/component.ts';
import { databaseComponent } from '../../../services/database/component.ts';
import { shardFolder, shardOf } from '../../../search/sharding.ts';
import type { SourcePage } from '../../../search/source-page.ts';
import { writeShard } from '../../../services/database/writer.ts';
import { gatewayComponent } from '../../../services/gateway/component.ts';
import { htmlComponent } from '../../../services/html/component.ts';
import { queryComponent } from '../../../services/query/component.ts';
import { rankingComponent } from '../../../services/ranking/component.ts';
import type { Component, Running } from '../../../shared/cluster/component.ts';
import { createDoor } from '../../../shared/cluster/door.ts';
import type { Topology } from '../../../shared/cluster/topology.ts';
import type { Call, Service } from '../../../shared/rpc/call.ts';
import { createServer, type Server } from '../../../shared/rpc/server.ts';
import { upstream } from '../../../shared/rpc/upstream.ts';
import { seededRandom } from '../../../shared/time/random.ts';
import { environment } from '../gateway/harness.ts';
import { smallCorpus } from './pages.ts';
import pino from 'pino';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const inOrder = {
  database: databaseComponent,
  query: queryComponent,
  ranking: rankingComponent,
  html: htmlComponent,
  app: appComponent,
  gateway: gatewayComponent,
  client: clientComponent,
} as unknown as Readonly<Record<string, Component>>;

/**
 * Every component on a node of its own, all of them real; only the network is missing: a call is checked against the
 * contract, turned into JSON and back, and handled. `calls` = what was called, in order.
 */
export async function smallSystem(
  shards = 1,
  style: Topology['style'] = 'object-based',
  pages: readonly SourcePage[] = smallCorpus,
) {
  const datasetDir = temporaryFolder();
  for (let shard = 1; shard <= shards; shard++) {
    const own = pages.filter(({ id }) => shardOf(id, shards) === shard);
    await writeShard(path.join(datasetDir, shardFolder(shard, shards)), own);
  }
  const servers = new Map<string, Server>();
  const running: Running[] = [];
  const calls: string[] = [];
  const nodeName = (component: string, shard?: number) =>
    shard === undefined ? `${component}-1` : `${component}-${shard}-1`;

  const network: Service = async (call: Call) => {
    const node = nodeName(call.component, call.component === 'database' ? call.shard : undefined);
    calls.push(`${node}.${call.operation.name}`);
    const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    const request = overTheWire(call.request);
    call.operation.checkRequest(request);
    const reply = await servers.get(node)!.serve({ ...call, request });
    const body = overTheWire(reply.body);
    call.operation.checkResponse(body, request);
    return { ...reply, body };
  };

  async function start(component: string, shard?: number): Promise<Running> {
    const definition = inOrder[component]!;
    const id = nodeName(component, shard);
    const upstreams = Object.fromEntries(
      Object.entries(definition.calls).map(([name, contract]) => [name, upstream(contract, network, seededRandom(id))]),
    );
    const given = environment(definition, id, upstreams, { shards, style });
    const node = { ...given.node, ...(shard === undefined ? {} : { shard }) };
    const created = await definition.create({ ...given, node, datasetDir });
    const server = createServer(id);
    server.host({ contract: definition.contract, handlers: created.handlers });
    servers.set(id, server);
    running.push(created);
    return created;
  }

  for (let shard = 1; shard <= shards; shard++) await start('database', shard);
  for (const component of ['query', 'ranking', 'html', 'app']) await start(component);
  const doors = Object.fromEntries(
    await Promise.all(
      ['gateway', 'client'].map(async (component) => {
        const server = createDoor(pino({ level: 'silent' }), undefined);
        const { routes } = await start(component);
        const { serve } = servers.get(nodeName(component))!;
        await routes?.(server, upstream(inOrder[component]!.contract, serve, seededRandom(component)));
        return [component, server] as const;
      }),
    ),
  ) as Record<'gateway' | 'client', ReturnType<typeof createDoor>>;

  return {
    ...doors,
    app: upstream(appComponent.contract, network, seededRandom('test')),
    calls,
    async stop() {
      await Promise.all(Object.values(doors).map((door) => door.close()));
      for (const it of running) await it.stop?.();
    },
  };
}

export type SmallSystem = Awaited<ReturnType<typeof smallSystem>>;
