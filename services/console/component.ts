import { component } from '../../shared/cluster/component.ts';
import type { View } from '../../shared/membership/view.ts';
import { monitor } from '../monitor/contract.ts';
import { consoleContract } from './contract.ts';
import { consolePage, stylesheetUrl } from './page.ts';
import { stylesheet } from './stylesheet.ts';

/** Longer than this nobody waits for a page that shows who is alive, ms. */
const patienceMs = 1_000;

/** A live web page of the cluster, as the monitors see it. */
export const consoleComponent = component({
  contract: consoleContract,
  calls: { monitor },
  create({ topology, upstream, view, newContext }) {
    /** The freshest view: a monitor's own, else the one that this node follows. */
    async function look(): Promise<{ view: View | undefined; unreachable: boolean }> {
      try {
        return { view: await upstream.monitor.view({}, newContext(patienceMs)), unreachable: false };
      } catch {
        return { view: view(), unreachable: true };
      }
    }

    return {
      handlers: {},
      routes(server) {
        server.get('/', async (_request, reply) => {
          const { view, unreachable } = await look();
          void reply.type('text/html; charset=utf-8').header('content-security-policy', "default-src 'none'; style-src 'self'");
          return consolePage(topology, view, unreachable);
        });
        server.get(stylesheetUrl, async (_request, reply) => reply.type('text/css; charset=utf-8').send(stylesheet));
        server.get('/api/view', async () => (await look()).view ?? { members: [] });
      },
    };
  },
});
