/**
 * A typed link to another page. `title` is the title of that page: it is stored with the link, so that nobody asks the
 * other page's shard for it. Without a title, the writer takes it from its own shard; readers see the id otherwise.
 */
export interface SourceLink {
  readonly id: string;
  readonly relation: string;
  readonly title?: string;
}

/** A page as an importer hands it over; what `writeShard` takes. */
export interface SourcePage {
  /** Fits `PageId` of the contract; unique in the data set. */
  readonly id: string;
  readonly title: string;
  /** What the page is called, the usual name first; the title where it is absent. */
  readonly names?: readonly string[];
  /** What kind of page it is: a filter (`category:noun.animal`), no text. */
  readonly category?: string;
  readonly body: string;
  readonly keywords: readonly string[];
  readonly url: string;
  readonly links: readonly SourceLink[];
  /** In [0, 1]; from PageRank over the links of the whole set. */
  readonly popularity: number;
  /** HMAC by the processing tier: kept and handed through, never checked here (database nodes hold no key). */
  readonly signature?: string;
}
