import { component } from '../../shared/cluster/component.ts';
import { database } from '../database/contract.ts';
import { html } from '../html/contract.ts';
import { type Making, styles } from '../../search/making.ts';
import { centreOf } from '../query/central-statistics.ts';
import { query } from '../query/contract.ts';
import { ranking } from '../ranking/contract.ts';
import { app } from './contract.ts';
import { pageAlone, pageInItsPlace } from './page.ts';
import { clientData } from './client-data.ts';
import { emptyResults, searchObjectBased } from './search.ts';

/**
 * The application server: runs a search over the tiers below, in either style, and lets the HTML generator render the
 * results.
 */
export const appComponent = component({
  contract: app,
  calls: { query, database, ranking, html },
  create(environment) {
    const { node, topology, clock, scheduler, upstream, metrics } = environment;
    const { shards } = topology;
    const pageTiers = { database: upstream.database, shards, scheduler };
    const askCentre = centreOf(environment);
    const searches = metrics.counter('tierlab_searches_total', 'Searches that were answered', ['style', 'found']);
    for (const style of styles) for (const found of ['true', 'false']) searches.labels({ style, found });
    const below = (via: readonly string[] = []) => [...via, node.id];

    return {
      handlers: {
        async search({ search, style = topology.style, format, via }, context) {
          const startedAt = clock.now();
          const { requestId } = context;
          const tookMs = () => hundredths(clock.now() - startedAt);
          const empty = search.q.trim() === '';
          if (style === 'layered' && !empty) {
            const answer = await upstream.html.search({ search, format, via: below(via) }, context);
            searches.inc({ style, found: String(answer.results.total > 0) });
            return { ...answer, tookMs: tookMs() };
          }
          const results = empty
            ? emptyResults(search)
            : await searchObjectBased(upstream, shards, search, context, askCentre);
          if (!empty) searches.inc({ style, found: String(results.total > 0) });
          if (format === 'json') return { results, tookMs: tookMs() };
          const making: Making = {
            tookMs: tookMs(),
            via: below(via),
            servedBy: [...context.servedBy],
            style,
            requestId,
            staleMs: context.staleMs,
          };
          const page = await upstream.html.results({ results, making }, context);
          return { results, html: page.html, tookMs: tookMs() };
        },

        async page({ id, format, via }, context) {
          const startedAt = clock.now();
          if (format === 'json') return { page: await pageAlone(pageTiers, id, context) };
          const view = await pageInItsPlace(pageTiers, id, context);
          // In both styles, the application server itself looks the page up.
          const making: Making = {
            tookMs: hundredths(clock.now() - startedAt),
            via: below(via),
            servedBy: [...context.servedBy],
            style: 'object-based',
            requestId: context.requestId,
            staleMs: context.staleMs,
          };
          return { page: view.page, html: (await upstream.html.page({ ...view, making }, context)).html };
        },

        suggest: (request, context) => upstream.query.suggest(request, context),
        words: (request, context) => upstream.query.words(request, context),
        ...clientData(upstream, shards),
      },
    };
  },
});

/** Rounds to 0.01 ms. On a shared machine, more digits would have no meaning. */
function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}
