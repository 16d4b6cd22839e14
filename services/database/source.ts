/** A typed reference to another page. `title` = the other page's title, shown without asking its shard; see `withLinkTitles`. */
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
  readonly body: string;
  readonly keywords: readonly string[];
  readonly url: string;
  readonly links: readonly SourceLink[];
  /** In [0, 1]; from PageRank over the links of the whole set. */
  readonly popularity: number;
  /** HMAC by the processing tier: kept and handed through, never checked here (database nodes hold no key). */
  readonly signature?: string;
}

/**
 * The pages with every link's title filled in from the set itself. Links that lead out of the set are dropped: there is no page to
 * show. Call it over the whole set, before it is cut into shards: a shard knows its own titles only.
 */
export function withLinkTitles(pages: readonly SourcePage[]): SourcePage[] {
  const titles = new Map(pages.map((page) => [page.id, page.title]));
  return pages.map((page) => ({
    ...page,
    links: page.links.flatMap((link) => {
      const title = titles.get(link.id);
      return title === undefined ? [] : [{ id: link.id, relation: link.relation, title }];
    }),
  }));
}
