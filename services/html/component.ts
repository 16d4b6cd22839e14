import { component } from '../../shared/cluster/component.ts';
import { loadAssets } from '../../web/assets.ts';
import { ranking } from '../ranking/contract.ts';
import { html } from './contract.ts';
import type { Making } from '../../search/making.ts';
import { pageView } from './page.ts';
import { resultsPage, type Surroundings } from './results.ts';

/** The HTML generator: results in, a page out; nothing that it is given can become markup by itself. */
export const htmlComponent = component({
  contract: html,
  calls: { ranking },
  create({ node, topology, clock, upstream }) {
    const surroundings: Surroundings = { assets: loadAssets().urls, defaultStyle: topology.style };
    /** Who makes the page took part too. */
    const withMe = (making: Making): Making => ({ ...making, servedBy: [...making.servedBy, node.id] });

    return {
      handlers: {
        results: async ({ results, making }) => ({ html: resultsPage(results, withMe(making), surroundings) }),
        page: async ({ page, making }) => ({ html: pageView(page, withMe(making), surroundings) }),
        async search({ search, format, via }, context) {
          const startedAt = clock.now();
          const results = await upstream.ranking.search(search, context);
          if (format === 'json') return { results };
          // What the tiers above still need for handing the page up cannot be on it.
          const making: Making = {
            tookMs: clock.now() - startedAt,
            via,
            servedBy: [node.id, ...context.servedBy],
            style: 'layered',
          };
          return { results, html: resultsPage(results, making, surroundings) };
        },
      },
    };
  },
});
