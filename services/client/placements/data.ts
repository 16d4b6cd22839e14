import type { PageText, PartsResponse, TextsResponse } from '../../../search/client-requests.ts';
import type { Static } from 'typebox';

/** The data tier as the application on the client sees it: behind the wire, or in part in a cache. */
export interface Data {
  readonly parts: (term: string) => Promise<PartsResponse>;
  readonly texts: (ids: readonly string[]) => Promise<TextsResponse['pages']>;
}

export type Text = Static<typeof PageText>;
