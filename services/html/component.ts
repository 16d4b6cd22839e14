import { component } from '../../shared/cluster/component.ts';
import { nodesHosting, type Topology } from '../../shared/cluster/topology.ts';
import { loadAssets } from '../../web/assets.ts';
import { ranking } from '../ranking/contract.ts';
import { html } from './contract.ts';
import type { Making } from '../../search/making.ts';
import { pageView } from './page.ts';
import { resultsPage, type Surroundings } from './results.ts';

/** Whether there is a component that keeps traces, and one that shows them. */
const isTraced = (topology: Topology): boolean =>
  ['traces', 'console'].every((name) => nodesHosting(topology, name).length > 0);

/** The HTML generator: turns results into pages. Text from a request is always escaped. */
export const htmlComponent = component({
  contract: html,
  calls: { ranking },
  create({ node, topology, clock, upstream }) {
    const surroundings: Surroundings = {
      assets: loadAssets().urls,
      defaultStyle: topology.style,
      traced: isTraced(topology),
    };
    /** This node took part in the answer, too. */
    const withMe = (making: Making): Making => ({ ...making, servedBy: [...making.servedBy, node.id] });

    return {
      handlers: {
        results: async ({ results, making }) => ({ html: resultsPage(results, withMe(making), surroundings) }),
        page: async ({ making, ...view }) => ({ html: pageView(view, withMe(making), surroundings) }),
        async search({ search, format, via }, context) {
          const startedAt = clock.now();
          const results = await upstream.ranking.search(search, context);
          if (format === 'json') return { results };
          // The time that the tiers above still need is unknown when the page is made.
          const making: Making = {
            tookMs: clock.now() - startedAt,
            via,
            servedBy: [node.id, ...context.servedBy],
            style: 'layered',
            requestId: context.requestId,
            staleMs: context.staleMs,
          };
          return { results, html: resultsPage(results, making, surroundings) };
        },
      },
    };
  },
});
