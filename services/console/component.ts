import path from 'node:path';
import { component } from '../../shared/cluster/component.ts';
import { serveAssets } from '../../web/assets.ts';
import { securityHeaders } from '../../web/security-headers.ts';
import { chaosSettings } from '../chaos/settings.ts';
import { aboutCluster } from './about.ts';
import { loadConsoleAssets } from './assets.ts';
import { consoleContract } from './contract.ts';
import { createLiveCollector } from './live/collector.ts';
import { createNodeReadings } from './live/node-readings.ts';
import { createConsoleStreams } from './live/stream.ts';
import { consoleCookie, isConsoleKey } from './operator.ts';
import { orderRoutes } from './routes/order.ts';
import { readRoutes } from './routes/read.ts';
import { consoleShell } from './shell.ts';
import { createSources } from './sources.ts';

/** A live page of the cluster: what is wrong, where, since when, what is done about it, and the last 15 minutes. */
export const consoleComponent = component({
  contract: consoleContract,
  calls: {},
  async create({ node, topology, incarnation, view, clock, scheduler, ops: { control, token }, hosts }) {
    const { enabled, runDir } = chaosSettings(process.env);
    const sources = createSources(topology, control, token);
    const assets = await loadConsoleAssets();
    const about = aboutCluster(topology, node.id, enabled, process.env.TIERLAB_PLACE_FLAGS);
    const readings = createNodeReadings(topology, control, clock);
    const isWatched = () => streams.open() > 0;
    const collector = createLiveCollector({ topology, sources, readings, ownView: view, isWatched, clock, scheduler });
    /** The address of the script names the build. A page of another build reloads itself. */
    const streams = createConsoleStreams(collector, () => ({ incarnation, script: assets.script.url }));

    return {
      handlers: {},
      routes(server) {
        void server.register(async (scope) => {
          scope.addHook('onRequest', async (_request, reply) => void reply.headers(securityHeaders));
          // Streams never end by themselves, so the node could not stop.
          scope.addHook('preClose', async () => streams.stop());
          serveAssets(scope, Object.values(assets));
          scope.get<{ Querystring: { operator?: string } }>('/', async (request, reply) => {
            const { operator: key } = request.query;
            if (typeof key === 'string' && token !== undefined && isConsoleKey(key, token))
              return reply.header('set-cookie', consoleCookie.of(request, key)).redirect('/', 303);
            return reply.type('text/html; charset=utf-8').send(consoleShell(about, collector.last(), assets));
          });
          readRoutes(scope, {
            topology,
            about,
            collector,
            streams,
            sources,
            clock,
            build: readings.build,
            logDir: runDir === undefined ? undefined : path.join(runDir, 'logs'),
            hosts,
          });
          orderRoutes(scope, { sources, token, hosts });
        });
      },
      state: () => ({ snapshots: collector.snapshots(), pages: streams.open() }),
      stop: () => collector.stop(),
    };
  },
});
