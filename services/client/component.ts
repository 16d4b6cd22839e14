import { randomUUID } from 'node:crypto';
import { component } from '../../shared/cluster/component.ts';
import { doorOf, doorsOf } from '../../shared/cluster/topology.ts';
import { httpContexts } from '../../shared/rpc/http-context.ts';
import { gateway } from '../gateway/contract.ts';
import { gatewaySettings } from '../gateway/settings.ts';
import { openDoor } from '../../web/door.ts';
import { limitRate } from '../../web/rate-limit.ts';
import { loadAssets } from '../../web/assets.ts';
import { client } from './contract.ts';
import { workerRoutes } from '../../web/service-worker.ts';
import { pageRoutes } from '../../web/page-routes.ts';
import { loadPlacementAssets } from './placements/server/assets.ts';
import { placementsPage } from './placements/server/page.ts';
import { wireRoutes } from './placements/server/wire-routes.ts';
import { createService } from './placements/server/service.ts';

/** The thin client: shows the gateway's answers, and its own error page if there is none. */
export const clientComponent = component({
  contract: client,
  calls: { gateway },
  async create({ node, topology, upstream, clock, random, scheduler, metrics, log, watchRequest: watch }) {
    const settings = gatewaySettings(process.env);
    const contexts = httpContexts({ clock, random, scheduler, deadlineMs: settings.deadlineMs, watch });
    const { files, urls } = loadAssets();
    const own = await loadPlacementAssets();
    const assets = { files: [...files, own.script, own.style], urls };
    const placements = placementsPage(
      urls,
      { stylesheet: own.style.url, script: own.script.url },
      own.script.content.length,
    );
    const service = createService(upstream.gateway, randomUUID);
    const via = [node.id];

    return {
      handlers: {},
      routes: (server) =>
        openDoor(server, { contexts, assets, metrics, scheduler, log }, async (scope) => {
          await limitRate(scope, settings.requestsPerSecond);
          workerRoutes(scope, assets, doorsOf(topology, ['client', 'gateway']));
          pageRoutes(
            scope,
            {
              search: (request, context) => upstream.gateway.search({ ...request, via }, context),
              page: (request, context) => upstream.gateway.page({ ...request, via }, context),
              suggest: (request, context) => upstream.gateway.suggest(request, context),
            },
            contexts,
            doorOf(topology, 'console'),
          );
          scope.get('/placements', { schema: { hide: true } }, async (_request, reply) =>
            reply.type('text/html; charset=utf-8').send(placements),
          );
          wireRoutes(scope, service, contexts);
        }),
    };
  },
});
