import type { PageText, PartsResponse } from '../../../search/client-requests.ts';

/** The data tier as the application on the client sees it: behind the wire, or in part in a cache. */
export interface Data {
  readonly parts: (term: string) => Promise<PartsResponse>;
  readonly texts: (ids: readonly string[]) => Promise<PageText[]>;
}
