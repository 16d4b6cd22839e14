/**
 * A typed link to another page. `title` is the title of the target. It is stored with the link, so that the shard of
 * the target need not be asked. When it is absent, the writer looks for it in its own shard. If that fails, users see
 * the id.
 */
export interface SourceLink {
  readonly id: string;
  readonly relation: string;
  readonly title?: string;
}

/** A page as an importer hands it over to `writeShard`. */
export interface SourcePage {
  /** Fits `PageId` of the contract; unique in the data set. */
  readonly id: string;
  readonly title: string;
  /** The names of the page, the usual one first. When absent, the title is the only name. */
  readonly names?: readonly string[];
  /** The kind of page. It is a filter (`category:noun.animal`), not part of the text. */
  readonly category?: string;
  readonly body: string;
  readonly keywords: readonly string[];
  readonly url: string;
  readonly links: readonly SourceLink[];
  /** In [0, 1]; from PageRank over the links of the whole set. */
  readonly popularity: number;
  /**
   * HMAC by the processing tier. Database nodes store it and return it. They cannot check it, because they hold no key.
   */
  readonly signature?: string;
}
