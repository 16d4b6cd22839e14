import type { FastifyInstance } from 'fastify';
import { component } from '../../shared/cluster/component.ts';
import { doorOf, doorsOf } from '../../shared/cluster/topology.ts';
import type { Handlers } from '../../shared/rpc/contract.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { httpContexts } from '../../shared/rpc/http-context.ts';
import { app } from '../app/contract.ts';
import { loadAssets } from '../../web/assets.ts';
import { pageRoutes } from '../../web/page-routes.ts';
import { apiDocs } from './api-docs.ts';
import { gateway } from './contract.ts';
import { openDoor } from '../../web/door.ts';
import { workerRoutes } from '../../web/service-worker.ts';
import { limitRate } from '../../web/rate-limit.ts';
import { apiRoutes } from './rest.ts';
import { gatewaySettings } from './settings.ts';

/** The public entry point: limits, checks each request, gives it an id, and sends it to an application server. */
export const gatewayComponent = component({
  contract: gateway,
  calls: { app },
  create({ node, topology, upstream, clock, random, scheduler, metrics, log, watchRequest: watch }) {
    const settings = gatewaySettings(process.env);
    const contexts = httpContexts({ clock, random, scheduler, deadlineMs: settings.deadlineMs, watch });
    const assets = loadAssets();
    const handlers: Handlers<typeof gateway> = {
      search: (request, context) =>
        upstream.app.search({ ...request, via: [...(request.via ?? []), node.id] }, context),
      page: (request, context) => upstream.app.page({ ...request, via: [...(request.via ?? []), node.id] }, context),
      suggest: (request, context) => upstream.app.suggest(request, context),
      candidates: (request, context) => upstream.app.candidates(request, context),
      parts: (request, context) => upstream.app.parts(request, context),
      texts: (request, context) => upstream.app.texts(request, context),
      words: (request, context) => upstream.app.words(request, context),
    };

    return {
      handlers,
      state: () => settings,
      routes: (server, entrance) =>
        openDoor(server, { contexts, assets, metrics, scheduler, log }, async (scope) => {
          await limitRate(scope, settings.requestsPerSecond);
          workerRoutes(scope, assets, doorsOf(topology, ['client', 'gateway']));
          await apiDocs(scope, log);
          pageRoutes(scope, entrance, contexts, doorOf(topology, 'console'));
          placementsAtClient(scope, doorOf(topology, 'client'));
          apiRoutes(scope, entrance, contexts, node.id);
        }),
    };
  },
});

/** The page `/placements` belongs to the client. The client has the same host name, at another port. */
function placementsAtClient(scope: FastifyInstance, clientPort: number | undefined): void {
  scope.get('/placements', { schema: { hide: true } }, async (request, reply) => {
    if (clientPort === undefined) throw new RpcError('not_found', 'this topology has no client');
    return reply.redirect(`http://${request.hostname}:${clientPort}/placements`, 303);
  });
}
