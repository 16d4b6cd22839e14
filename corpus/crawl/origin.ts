/** What came of asking for one address. */
export type Fetched =
  | { readonly kind: 'html'; readonly bytes: Uint8Array; readonly charset?: string; readonly robots?: string }
  /** As the origin says it: relative to the address that was asked for. */
  | { readonly kind: 'moved'; readonly to: string }
  /** `reason` = the kind of obstacle, the same words each time; `detail` = this case. */
  | { readonly kind: 'skipped'; readonly reason: string; readonly detail?: string };

/** Where pages come from: a folder or a site. Its pages have addresses, and links between them can be followed. */
export interface Origin {
  /** As the user named it. */
  readonly name: string;
  /** Where to begin. */
  readonly starts: readonly string[];
  /**
   * The one address that `href` in the page at `address` means; undefined where it leads out of the origin or is no address.
   * `base` = what the page says its links are relative to.
   */
  readonly resolve: (href: string, address: string, base?: string) => string | undefined;
  readonly fetch: (address: string, signal: AbortSignal | undefined) => Promise<Fetched>;
  /** The path below the root, for ids and as a title of last resort. */
  readonly pathOf: (address: string) => string;
  /** What readers of the page with this id are shown as its address. */
  readonly urlOf: (address: string, id: string) => string;
}

export const notHtml = 'not an HTML page';
export const tooLarge = 'too large';

/** Files that are never a page: not worth a request. */
const otherFiles =
  /\.(?:7z|avi|bmp|bz2|css|csv|deb|dmg|docx?|eot|epub|exe|gif|gz|ico|iso|jar|jpe?g|js|json|mjs|mov|mp[34]|odt|ogg|otf|pdf|png|pptx?|ps|rar|rpm|svg|tar|tgz|tiff?|ttf|wasm|wav|webm|webp|woff2?|xlsx?|xml|xz|zip|zst)$/i;

export function isOtherFile(path: string): boolean {
  return otherFiles.test(path);
}
