/** The answer for one address. */
export type Fetched =
  | {
      readonly kind: 'html';
      readonly bytes: Uint8Array;
      /** From the Content-Type header. */
      readonly charset?: string | undefined;
      /** True for XHTML, by media type or file name. */
      readonly xml?: boolean;
      /** The X-Robots-Tag headers, one entry per header line. */
      readonly robotsHeaders?: readonly string[];
      /** The Refresh header, which means the same as the element in the page. */
      readonly refreshHeader?: string | undefined;
    }
  /** A redirect. `to` may be relative to the requested address. */
  | { readonly kind: 'moved'; readonly to: string }
  /**
   * `reason` = the kind of obstacle, always in the same words. `detail` = this case. `lost` = a page may exist there,
   * and its content is missing from the import.
   */
  | { readonly kind: 'skipped'; readonly reason: string; readonly detail?: string; readonly lost?: boolean }
  /** The whole origin no longer answers, so further requests are useless. */
  | { readonly kind: 'gone'; readonly why: string };

/** Where a link leads: to an address of the origin, or elsewhere, with the reason. */
export type LinkTarget =
  | { readonly kind: 'inside'; readonly address: string }
  | { readonly kind: 'outside'; readonly where: string; readonly reason: string };

/** The properties of a page that decide where its links lead. */
export interface LinkContext {
  readonly address: string;
  /** The declared base of the page's links. */
  readonly base?: string | undefined;
  /** The encoding of the page. The query of a link is encoded in it. */
  readonly encoding?: string;
}

/** Where pages come from: a folder or a site. Its pages have addresses, and links between them can be followed. */
export interface Origin {
  /** The addresses where the crawl begins. */
  readonly starts: readonly string[];
  /** Files and folders that were left out before the first page was requested. */
  readonly leftOut: readonly { readonly where: string; readonly reason: string; readonly lost: boolean }[];
  /** The target of a link. Undefined when the link leads to no page (`mailto:`). */
  readonly resolve: (href: string, context: LinkContext) => LinkTarget | undefined;
  readonly fetch: (address: string, signal: AbortSignal | undefined) => Promise<Fetched>;
  /** The path below the root, for ids, and for the title when a page has none; empty for the root. */
  readonly pathOf: (address: string) => string;
  /** The name of the address in messages. */
  readonly label: (address: string) => string;
  /** The address of the page as users see it. */
  readonly urlOf: (address: string, id: string) => string;
}

export const noText = 'no text';
export const notHtml = 'not an HTML page';
export const tooLarge = 'too large';
export const notThere = 'linked, but it does not exist';

/** Endings of files that are no pages. They are not requested. */
const otherFiles = new RegExp(
  '\\.(?:7z|avi|bmp|bz2|css|csv|deb|dmg|docx?|eot|epub|exe|gif|gz|ico|iso|jar|jpe?g|js|json|mjs|mov|mp[34]|odt|ogg|' +
    'otf|pdf|png|pptx?|ps|rar|rpm|svg|tar|tgz|tiff?|ttf|wasm|wav|webm|webp|woff2?|xlsx?|xml|xz|zip|zst)$',
  'i',
);

export function isOtherFile(path: string): boolean {
  return otherFiles.test(path);
}

/**
 * The tags by which a browser recognises HTML when no media type is given (MIME Sniffing Standard, section 7.1). A
 * comment ends at its first `-->`. If the pattern allowed a later end, many comments would take exponential time.
 */
const firstTag = new RegExp(
  '^(?:\\xEF\\xBB\\xBF)?\\s*(?:<\\?xml[^>]*>\\s*)?(?:<!--(?:(?!-->)[^])*-->\\s*)*' +
    '<(?:!doctype\\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link)[\\s>]',
  'i',
);

/** True for bytes that begin like an HTML page. */
export function looksLikeHtml(bytes: Uint8Array): boolean {
  return firstTag.test(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1_024)).toString('latin1'));
}
