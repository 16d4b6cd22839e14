import type {
  CandidatesResponse,
  PartsResponse,
  TextsResponse,
  WordsResponse,
} from '../../../search/client-requests.ts';
import type { SearchResults } from '../../../search/results.ts';
import type { Asked } from './application.ts';
import type { Key } from './keys.ts';
import type { Screen } from './screen.ts';

/** How long the data of an answer may be used without asking again, ms from the moment of the request. */
export interface Lease {
  readonly leaseMs: number;
}

/** What crosses between client and server. Each placement uses one or two of these messages. */
export interface Wire {
  /** `terminal`: one key. The first answer names the session. */
  readonly press: (request: { readonly session?: string; readonly key: Key }) => Promise<Pressed>;
  /** `user-interface`: one page of ranked results. */
  readonly search: (asked: Asked) => Promise<SearchResults>;
  /** `shared-application`: the best candidates, not ranked. */
  readonly candidates: (q: string) => Promise<CandidatesResponse>;
  /** `application`, `data-cache`: the parts of the index of one term, and the texts of some pages. */
  readonly parts: (term: string) => Promise<PartsResponse & Lease>;
  readonly texts: (ids: readonly string[]) => Promise<TextsResponse & Lease>;
  /** The words of the corpus. A client that completes words itself fetches them before the session. */
  readonly words: (from: number) => Promise<WordsResponse>;
}

export interface Pressed {
  readonly session: string;
  readonly screen: Screen;
}

/** The server did not answer, or refused. The message is a sentence for the user. */
export class WireError extends Error {
  /** As in the problem document of the server; `unreachable` when nobody answered. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'WireError';
    this.code = code;
  }
}
