import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { AssetUrls } from './layout.ts';

export interface Asset {
  readonly name: string;
  readonly type: string;
  /** Carries a hash of the content: the address changes whenever the content does. */
  readonly url: string;
  readonly content: Buffer;
}

/** The files that pages refer to, and their addresses. */
export interface Assets {
  readonly files: readonly Asset[];
  readonly urls: AssetUrls;
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/**
 * The folder of the assets: beside this module in the sources, and `dist/assets/` in a bundle, where the build copies
 * them.
 */
const here = new URL('./assets/', import.meta.url);

/** Reads one asset. Throws where it is missing: a node without it must not start. */
export function loadAsset(name: string): Asset {
  return asset(name, readFileSync(new URL(name, here)));
}

/** An asset with this content. */
export function asset(name: string, content: Buffer): Asset {
  const [stem, extension] = name.split('.') as [string, string];
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { name, type: types[extension]!, url: `/assets/${stem}.${hash}.${extension}`, content };
}

/** The files of the search pages. */
export function loadAssets(): Assets {
  const [stylesheet, icon] = [loadAsset('tierlab.css'), loadAsset('icon.svg')];
  const [script, connection] = [loadAsset('suggest.js'), loadAsset('connection.js')];
  return {
    files: [stylesheet, script, connection, icon],
    urls: { stylesheet: stylesheet.url, script: script.url, connection: connection.url, icon: icon.url },
  };
}

/**
 * Serves the assets from memory. Browsers may cache an address with the current hash for ever. An address with another
 * hash (from a page of a node with another version, during a rolling update) gets the current file, without caching.
 */
export function serveAssets(server: FastifyInstance, files: readonly Asset[]): void {
  server.get<{ Params: { file: string } }>('/assets/:file', { schema: { hide: true } }, async (request, reply) => {
    const { file } = request.params;
    const exact = files.find((asset) => asset.url === `/assets/${file}`);
    const asset = exact ?? files.find(({ name }) => name === file.replace(/\.[0-9a-f]{12}(?=\.)/, ''));
    if (!asset) return reply.callNotFound();
    void reply.header('cache-control', exact ? 'public, max-age=31536000, immutable' : 'no-cache').type(asset.type);
    return reply.send(asset.content);
  });
}
