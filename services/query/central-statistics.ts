import type { Statistics } from '../../search/find-result.ts';
import type { QueryPlan } from '../../search/plan.ts';
import type { CentralStatisticsSettings } from '../../shared/rpc/central-statistics-settings.ts';
import type { Context } from '../../shared/rpc/context.ts';
import type { Upstream } from '../../shared/rpc/upstream.ts';
import { query } from './contract.ts';

type Centre = Pick<Upstream<typeof query>, 'statistics'>;

/** Asks one node, the centre, for the statistics of all shards. Undefined when this search does not need the centre. */
export type AskCentre = (plan: QueryPlan, context: Context) => Promise<Statistics | undefined>;

/** No search needs the centre. */
export const noCentre: AskCentre = () => Promise.resolve(undefined);

/**
 * For experiments: a share of the searches needs the statistics that one node, the centre, holds. While the switch is
 * off, each caller remembers statistics itself (services/database/scatter.ts), so there is no centre.
 *
 * The share is exact: of 10 searches with share 0.3, the 4th, 7th and 10th ask. A search that needs the centre fails
 * when the centre does not answer.
 */
export function centralStatistics(options: {
  /** The switch as it is now; false = off. */
  readonly settings: () => CentralStatisticsSettings | false;
  readonly centre: (node: string) => Centre;
}): AskCentre {
  let inForce: CentralStatisticsSettings | false = false;
  let due = 0;
  return async (plan, context) => {
    const settings = options.settings();
    if (settings !== inForce) {
      inForce = settings;
      due = 0;
    }
    if (settings === false || plan.terms.length === 0) return undefined;
    due += settings.share;
    // Shares such as 0.1 are not exact in binary.
    if (due < 1 - 1e-9) return undefined;
    due -= 1;
    return (await options.centre(settings.node).statistics({ plan }, context)).statistics;
  };
}

/** The switch of a component's node. */
export const centreOf = ({ policy, toNode }: CentreEnvironment): AskCentre =>
  centralStatistics({
    settings: () => policy.current.centralStatistics,
    centre: (node) => toNode(query, node),
  });

interface CentreEnvironment {
  readonly policy: { readonly current: { readonly centralStatistics: CentralStatisticsSettings | false } };
  readonly toNode: (contract: typeof query, node: string) => Centre;
}
