import type { Format, Style } from '../../search/making.ts';
import type { SearchRequest } from '../../search/plan.ts';
import type { UserSearchRequest } from '../../search/user-requests.ts';
import type { NodeCall } from './open-load.ts';
import { labQuery } from './pages.ts';

/** The first ten results of the i-th query. */
export const labSearch = (i: number): SearchRequest => ({ q: labQuery(i), page: 1, size: 10, explain: false });

/** The plan of the i-th query. The node asks no other node for it. */
export const labPlan = (node: NodeCall['node'], i: number): NodeCall => ({
  node,
  component: 'query',
  operation: 'plan',
  request: { q: labQuery(i) },
});

/** The question to an application server. Without a `style` it uses that of the topology. */
export const appSearch = (
  node: NodeCall['node'],
  search: SearchRequest,
  { format = 'json', style }: { readonly format?: Format; readonly style?: Style } = {},
): NodeCall => ({
  node,
  component: 'app',
  operation: 'search',
  request: { search, format, ...(style && { style }) } satisfies UserSearchRequest,
});
