import { clientDepth, maxWords } from '../../../../search/limits.ts';
import type { Handlers } from '../../../../shared/rpc/contract.ts';
import type { Context } from '../../../../shared/rpc/context.ts';
import type { gateway } from '../../../gateway/contract.ts';
import { type Application, type Asked, screenSize } from '../application.ts';
import { offeredSuggestions } from '../keys.ts';
import { screenfulOf } from '../order.ts';
import type { Wire } from '../wire.ts';
import { createTerminals } from './terminals.ts';

export type Below = Pick<Handlers<typeof gateway>, 'search' | 'suggest' | 'candidates' | 'parts' | 'texts' | 'words'>;

/** The messages of the wire, as the server answers them. */
export type WireService = {
  readonly [Name in keyof Wire]: (...request: [...Parameters<Wire[Name]>, context: Context]) => ReturnType<Wire[Name]>;
};

/**
 * How long a client may use data without asking again, ms. A change of the data set reaches every client within this
 * time.
 */
const leaseMs = 60_000;

/** The server of all placements: what a client does not hold runs here, or on the tiers `below`. */
export function createService(below: Below, newSession: () => string): WireService {
  const terminals = createTerminals(newSession);

  async function search({ q, page, order }: Asked, context: Context) {
    const range = order === 'title' ? { page: 1, size: clientDepth } : { page, size: screenSize };
    const { results } = await below.search({ search: { q, ...range, explain: false }, format: 'json' }, context);
    return order === 'title' ? screenfulOf(results, { page, order }) : results;
  }

  const application = (context: Context): Application => ({
    suggest: async (prefix) => (await below.suggest({ prefix, size: offeredSuggestions }, context)).suggestions,
    search: (asked) => search(asked, context),
  });

  return {
    press: (request, context) => terminals.press(request, application(context)),
    search,
    candidates: (q, context) => below.candidates({ q }, context),
    parts: async (term, context) => ({ ...(await below.parts({ term }, context)), leaseMs }),
    texts: async (ids, context) => ({ ...(await below.texts({ ids: [...ids] }, context)), leaseMs }),
    words: (from, context) => below.words({ from, size: maxWords }, context),
  };
}
