import { realpathSync, statSync } from 'node:fs';
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { CorpusError, throwIfCancelled } from '../errors.ts';
import { normalise } from './address.ts';
import { notHtml, tooLarge, type Fetched, type Origin } from './origin.ts';

export interface FolderOptions {
  readonly maxPageBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Stands for the folder in addresses, so that links work as on a site (`/a.html` is below the root). A reserved name: RFC 2606. */
const root = 'http://folder.invalid/';

/**
 * A folder of HTML files as an origin. All files below it are starts, linked or not. Symbolic links are followed inside the
 * folder, each target once; those that lead out of it are refused.
 */
export async function openFolder(target: string, options: FolderOptions): Promise<Origin> {
  const base = realRoot(target);
  const files = await listFiles(base, options.signal);
  return {
    name: target,
    starts: files.map((file) => addressOf(base, file)),
    resolve(href, address, base) {
      const declared = URL.parse(base ?? '', address)?.href;
      // The base of a copied site is the original; links in the copy mean the copy.
      const url = URL.parse(href.trim(), declared?.startsWith(root) ? declared : address);
      if (!url?.href.startsWith(root)) return undefined;
      // A file takes no parameters.
      url.search = '';
      return normalise(url.href);
    },
    fetch: (address) => read(base, address, options.maxPageBytes),
    pathOf: (address) => decode(new URL(address).pathname).replace(/^\//, ''),
    urlOf: (_address, id) => `/page/${id}`,
  };
}

function realRoot(target: string): string {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found === undefined) throw new CorpusError('not_found', `There is no folder ${target}.`);
  if (!found.isDirectory()) {
    throw new CorpusError(
      'bad_target',
      `${target} is a file: "crawl" takes a folder or an address, "import" takes a file of JSON lines.`,
    );
  }
  return realpathSync(target);
}

/** Real paths of all files, sorted by folder; hidden ones (`.git`) are left out. Each folder is entered once: so loops end. */
async function listFiles(base: string, signal: AbortSignal | undefined): Promise<string[]> {
  const files = new Set<string>();
  const entered = new Set<string>();
  const waiting = [base];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    throwIfCancelled(signal);
    if (entered.has(folder)) continue;
    entered.add(folder);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue;
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) waiting.push(full);
      else if (entry.isFile()) files.add(full);
      else if (entry.isSymbolicLink()) {
        const real = await realpath(full).catch(() => undefined);
        const leadsInside = real !== undefined && isInside(base, real);
        const target = leadsInside ? await stat(real).catch(() => undefined) : undefined;
        if (leadsInside && target?.isDirectory()) waiting.push(real);
        // A link in itself: reading it tells where it leads, or that it leads nowhere.
        else files.add(full);
      }
    }
  }
  return [...files];
}

function addressOf(base: string, file: string): string {
  const segments = path.relative(base, file).split(path.sep);
  return normalise(root + segments.map(encodeURIComponent).join('/')) ?? root;
}

async function read(base: string, address: string, maxPageBytes: number): Promise<Fetched> {
  const file = path.join(base, decode(new URL(address).pathname));
  let real: string;
  try {
    real = await realpath(file);
  } catch {
    return { kind: 'skipped', reason: 'linked, but not there' };
  }
  if (!isInside(base, real)) return { kind: 'skipped', reason: 'leads out of the folder' };
  const found = await stat(real);
  if (found.isDirectory()) return index(base, real, address);
  if (!found.isFile()) return { kind: 'skipped', reason: notHtml };
  if (real !== path.resolve(file)) return { kind: 'moved', to: addressOf(base, real) };
  if (!mayBeHtml(real)) return { kind: 'skipped', reason: notHtml };
  if (found.size > maxPageBytes) return { kind: 'skipped', reason: tooLarge, detail: `${found.size} bytes` };
  try {
    const bytes = await readFile(real);
    if (!isHtmlName(real) && !looksLikeHtml(bytes)) return { kind: 'skipped', reason: notHtml };
    return { kind: 'html', bytes };
  } catch (error) {
    return { kind: 'skipped', reason: 'cannot be read', detail: (error as NodeJS.ErrnoException).code ?? 'failed' };
  }
}

/** A link to a folder means its index, as on a server. */
async function index(base: string, folder: string, address: string): Promise<Fetched> {
  for (const name of ['index.html', 'index.htm', 'index.xhtml']) {
    if (await stat(path.join(folder, name)).catch(() => undefined))
      return { kind: 'moved', to: addressOf(base, path.join(folder, name)) };
  }
  return { kind: 'skipped', reason: 'a folder without an index', detail: address.slice(root.length) };
}

function isInside(base: string, file: string): boolean {
  return file === base || file.startsWith(base.endsWith(path.sep) ? base : base + path.sep);
}

function isHtmlName(file: string): boolean {
  return /\.(?:x?html?|shtml)$/i.test(file);
}

/** Copies of sites keep names without an ending, or with that of a script: there the content decides. */
function mayBeHtml(file: string): boolean {
  const name = path.basename(file);
  return isHtmlName(name) || !name.includes('.') || /\.(?:php\d?|aspx?|jsp|cgi|pl)$/i.test(name) || name.includes('?');
}

function looksLikeHtml(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1_024)).toString('latin1');
  return /^(?:\xEF\xBB\xBF)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(
    start,
  );
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}
