import { realpathSync, statSync } from 'node:fs';
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { CorpusError, throwIfCancelled } from '../errors.ts';
import { baseOf, decodedPath, htmlEnding, outside, requestedAddress } from './address.ts';
import { looksLikeHtml, notHtml, notThere, tooLarge, type Fetched, type Origin } from './origin.ts';

export interface FolderOptions {
  readonly maxPageBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The prefix of all file addresses, so that links work as on a site (`/a.html` is below the root). RFC 2606 reserves
 * `.invalid`.
 */
const root = 'http://folder.invalid/';

/**
 * A folder of HTML files as an origin. All files below it are starts, whether a page links to them or not. Symbolic
 * links are followed inside the folder, each target once. Links that lead out of the folder are refused.
 */
export async function openFolder(target: string, options: FolderOptions): Promise<Origin> {
  const base = realRoot(target);
  const { files, leftOut } = await listFiles(base, options.signal);
  return {
    starts: files.map((file) => addressOfFile(base, file)),
    leftOut,
    resolve(href, { address, base }) {
      const declared = baseOf(address, base);
      // A copied site declares the original site as its base. Links in the copy lead to the copy.
      const start = declared.startsWith(root) ? declared : address;
      const found = requestedAddress(href, start);
      if (found === undefined || !found.startsWith(root)) return outside(href, start);
      // A file has no query, so it is cut off.
      const [file = found] = found.split('?', 1);
      return { kind: 'inside', address: file };
    },
    fetch: (address) => read(base, address, options.maxPageBytes),
    pathOf,
    label: (address) => pathOf(address) || '.',
    urlOf: (_address, id) => `/page/${id}`,
  };
}

function pathOf(address: string): string {
  return decodedPath(new URL(address).pathname).replace(/^\//, '');
}

function realRoot(target: string): string {
  const found = statSync(target, { throwIfNoEntry: false });
  if (found === undefined) {
    const hint = /^[\w.-]+:\d+(?:\/|$)/.test(target) ? ` For a site, write http://${target}.` : '';
    throw new CorpusError('not_found', `There is no folder ${target}.${hint}`);
  }
  if (!found.isDirectory()) {
    throw new CorpusError(
      'bad_target',
      `${target} is a file: "crawl" takes a folder or an address, "import" takes a file of JSON lines.`,
    );
  }
  return realpathSync(target);
}

/**
 * The real paths of all files, sorted by folder, and a list of everything that was left out. Each folder is entered
 * once, so that loops end.
 */
async function listFiles(base: string, signal: AbortSignal | undefined) {
  const files = new Set<string>();
  const leftOut: { where: string; reason: string; lost: boolean }[] = [];
  const entered = new Set<string>();
  const waiting = [base];
  const leave = (full: string, reason: string, lost: boolean) =>
    void leftOut.push({ where: path.relative(base, full) || '.', reason, lost });

  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    throwIfCancelled(signal);
    if (entered.has(folder)) continue;
    entered.add(folder);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) leave(folder, 'a folder that cannot be read', true);
    for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const full = path.join(folder, entry.name);
      if (entry.name.startsWith('.')) leave(full, 'hidden', false);
      else if (entry.isDirectory()) waiting.push(full);
      else if (entry.isFile()) files.add(full);
      else if (entry.isSymbolicLink()) {
        const real = await realpath(full).catch(() => undefined);
        const leadsInside = real !== undefined && isInside(base, real);
        const target = leadsInside ? await stat(real).catch(() => undefined) : undefined;
        if (leadsInside && target?.isDirectory()) waiting.push(real);
        // The symbolic link itself is listed. Reading it later tells where it leads, or that its target does not exist.
        else files.add(full);
      } else leave(full, notHtml, false);
    }
  }
  return { files: [...files], leftOut };
}

function addressOfFile(base: string, file: string): string {
  const segments = path.relative(base, file).split(path.sep);
  return root + segments.map((segment) => encodeURIComponent(segment.toWellFormed())).join('/');
}

async function read(base: string, address: string, maxPageBytes: number): Promise<Fetched> {
  const file = path.join(base, decodedPath(new URL(address).pathname));
  let real: string;
  try {
    real = await realpath(file);
  } catch {
    // Undecodable bytes of a file name are read as U+FFFD, so the file cannot be found by this name.
    if (file.includes('\uFFFD')) return { kind: 'skipped', reason: 'its name is not UTF-8', lost: true };
    return { kind: 'skipped', reason: notThere };
  }
  if (!isInside(base, real)) return { kind: 'skipped', reason: 'leads out of the folder' };
  const found = await stat(real).catch(() => undefined);
  if (found === undefined) return { kind: 'skipped', reason: 'cannot be read', lost: true };
  if (found.isDirectory()) return index(base, real, address);
  if (!found.isFile()) return { kind: 'skipped', reason: notHtml };
  if (real !== path.resolve(file)) return { kind: 'moved', to: addressOfFile(base, real) };
  if (!mayBeHtml(real)) return { kind: 'skipped', reason: notHtml };
  if (found.size > maxPageBytes)
    return { kind: 'skipped', reason: tooLarge, detail: `${found.size} bytes`, lost: true };
  try {
    const bytes = await readFile(real);
    if (!htmlEnding.test(real) && !looksLikeHtml(bytes)) return { kind: 'skipped', reason: notHtml };
    return { kind: 'html', bytes, xml: /\.(?:xhtml|xht)$/i.test(real) };
  } catch (error) {
    const detail = (error as NodeJS.ErrnoException).code ?? 'failed';
    return { kind: 'skipped', reason: 'cannot be read', detail, lost: true };
  }
}

/** A link to a folder leads to the index of the folder, as on a server. */
async function index(base: string, folder: string, address: string): Promise<Fetched> {
  for (const name of ['index.html', 'index.htm', 'index.xhtml']) {
    if (await stat(path.join(folder, name)).catch(() => undefined))
      return { kind: 'moved', to: addressOfFile(base, path.join(folder, name)) };
  }
  return { kind: 'skipped', reason: 'a folder without an index', detail: pathOf(address) || '.' };
}

function isInside(base: string, file: string): boolean {
  return file === base || file.startsWith(base.endsWith(path.sep) ? base : base + path.sep);
}

/** In copies of sites, pages may have no ending or the ending of a script. For such files the content decides. */
function mayBeHtml(file: string): boolean {
  const name = path.basename(file);
  return (
    htmlEnding.test(name) || !name.includes('.') || /\.(?:php\d?|aspx?|jsp|cgi|pl)$/i.test(name) || name.includes('?')
  );
}
