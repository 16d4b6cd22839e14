/** The answer for one address. */
export type Fetched =
  | {
      readonly kind: 'html';
      readonly bytes: Uint8Array;
      /** From the Content-Type header. */
      readonly charset?: string | undefined;
      /** XHTML by its media type or its file name. */
      readonly xml?: boolean;
      /** The X-Robots-Tag headers, one entry per header line. */
      readonly robotsHeaders?: readonly string[];
    }
  /** `to` may be relative to the address that was asked. */
  | { readonly kind: 'moved'; readonly to: string }
  /**
   * `reason` = the kind of obstacle, the same words each time; `detail` = this case. `lost` = there may be a page, and
   * its content is missing from the import.
   */
  | { readonly kind: 'skipped'; readonly reason: string; readonly detail?: string; readonly lost?: boolean }
  /** The origin as a whole no longer answers: asking on is useless. */
  | { readonly kind: 'gone'; readonly why: string };

/** Where a link leads: to an address of the origin, or elsewhere, with the reason. */
export type Target =
  | { readonly kind: 'inside'; readonly address: string }
  | { readonly kind: 'outside'; readonly where: string; readonly reason: string };

/** A page that holds links, as far as they depend on it. */
export interface LinkContext {
  readonly address: string;
  /** What the page says its links are relative to. */
  readonly base?: string | undefined;
  /** The page's encoding: the query of a link is written in it. */
  readonly encoding?: string;
}

/** Where pages come from: a folder or a site. Its pages have addresses, and links between them can be followed. */
export interface Origin {
  /** Where to begin. */
  readonly starts: readonly string[];
  /** What was left out before the first page was asked for. */
  readonly leftOut: readonly { readonly where: string; readonly reason: string; readonly lost: boolean }[];
  /** Undefined for what is no address of a page (`mailto:`). */
  readonly resolve: (href: string, context: LinkContext) => Target | undefined;
  readonly fetch: (address: string, signal: AbortSignal | undefined) => Promise<Fetched>;
  /** The path below the root, for ids and as a title of last resort; empty for the root. */
  readonly pathOf: (address: string) => string;
  /** How messages name the address. */
  readonly label: (address: string) => string;
  /** What readers of the page with this id are shown as its address. */
  readonly urlOf: (address: string, id: string) => string;
}

export const notHtml = 'not an HTML page';
export const tooLarge = 'too large';
export const notThere = 'linked, but not there';
export const leadsElsewhere = 'a link to somewhere else';

/** Endings of files that are no pages: they are not asked for. */
const otherFiles =
  /\.(?:7z|avi|bmp|bz2|css|csv|deb|dmg|docx?|eot|epub|exe|gif|gz|ico|iso|jar|jpe?g|js|json|mjs|mov|mp[34]|odt|ogg|otf|pdf|png|pptx?|ps|rar|rpm|svg|tar|tgz|tiff?|ttf|wasm|wav|webm|webp|woff2?|xlsx?|xml|xz|zip|zst)$/i;

export function isOtherFile(path: string): boolean {
  return otherFiles.test(path);
}
