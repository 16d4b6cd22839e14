import { clientDepth } from '../../../search/limits.ts';
import type { SearchResults } from '../../../search/results.ts';
import { type Asked, screenSize } from './application.ts';

/** What the user has typed, and what is shown. */
export interface Shown {
  readonly typed: string;
  readonly suggestions: readonly string[];
  readonly asked?: Asked;
  readonly results?: SearchResults;
}

/** A finished screen: the line that the user types in, everything below it as HTML, and what to say about it. */
export interface Screen {
  readonly typed: string;
  readonly html: string;
  readonly said: string;
}

/** The last page that is shown. The user interface offers the best results only. */
export function lastPage({ total }: SearchResults): number {
  return Math.max(1, Math.ceil(Math.min(total, clientDepth) / screenSize));
}
