import { component } from '../../shared/cluster/component.ts';
import { doorOf } from '../../shared/cluster/topology.ts';
import { httpContexts } from '../../shared/rpc/http-context.ts';
import { app } from '../app/contract.ts';
import { loadAssets } from '../../web/assets.ts';
import { type Answers, pageRoutes } from '../../web/page-routes.ts';
import { apiDocs } from './api-docs.ts';
import { gateway } from './contract.ts';
import { openDoor } from '../../web/door.ts';
import { limitRate } from '../../web/rate-limit.ts';
import { apiRoutes } from './rest.ts';
import { gatewaySettings } from './settings.ts';

/** The public entry point: limits, checks and names each request, and sends it to an application server. */
export const gatewayComponent = component({
  contract: gateway,
  calls: { app },
  create({ node, topology, upstream, clock, random, scheduler, metrics, log, watchRequest: watch }) {
    const settings = gatewaySettings(process.env);
    const contexts = httpContexts({ clock, random, scheduler, deadlineMs: settings.deadlineMs, watch });
    const assets = loadAssets();
    const handlers: Answers = {
      search: (request, context) =>
        upstream.app.search({ ...request, via: [...(request.via ?? []), node.id] }, context),
      page: (request, context) => upstream.app.page({ ...request, via: [...(request.via ?? []), node.id] }, context),
      suggest: (request, context) => upstream.app.suggest(request, context),
    };

    return {
      handlers,
      state: () => settings,
      routes: (server, entrance) =>
        openDoor(server, { contexts, assets, metrics, scheduler, log }, async (scope) => {
          await limitRate(scope, settings.requestsPerSecond);
          await apiDocs(scope, log);
          pageRoutes(scope, entrance, contexts, doorOf(topology, 'console'));
          apiRoutes(scope, entrance, contexts, node.id);
        }),
    };
  },
});
