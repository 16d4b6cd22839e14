import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Assets, loadAsset } from './assets.ts';
import { layout } from './layout.ts';
import { markup } from './markup.ts';
import { securityHeaders } from './security-headers.ts';

/**
 * Serves the service worker, which lets the pages work offline and change their door. `doors` are the ports of all
 * public doors: each of them answers the same requests.
 *
 * The worker's own address and headers decide what it may do: `/worker.js` covers every page, and its content security
 * policy lets it ask the other doors of this host. Pages may not.
 */
export function workerRoutes(server: FastifyInstance, assets: Assets, doors: readonly number[]): void {
  const script = workerScript(assets, doors);

  server.get('/worker.js', { schema: { hide: true } }, async ({ hostname }, reply) => {
    void reply.header('content-security-policy', workerPolicy(hostname, doors));
    return reply.header('cache-control', 'no-cache').type('text/javascript; charset=utf-8').send(script);
  });

  // The worker of another door may ask this one.
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin !== undefined && doors.some((port) => origin === `http://${request.hostname}:${port}`))
      void reply.header('access-control-allow-origin', origin).header('vary', 'origin');
    done();
  });
}

/**
 * The script with its settings. Its version changes with every asset, so a new build replaces what the old one kept.
 */
function workerScript(assets: Assets, doors: readonly number[]): string {
  const code = loadAsset('worker.js').content.toString();
  const settings = {
    assets: Object.values(assets.urls),
    doors,
    headers: securityHeaders,
    offlinePage: offlinePage(assets),
  };
  const version = createHash('sha256')
    .update(code + JSON.stringify(settings))
    .digest('hex')
    .slice(0, 12);
  return `const settings = ${JSON.stringify({ version, ...settings })};\n${code}`;
}

/** The page for an address that is not kept, while no door answers. */
function offlinePage({ urls }: Assets): string {
  const main = markup`<article class="failure" data-unanswered>
<h1>This page is not kept on this device</h1>
<p class="detail">Tierlab does not answer now. This page appears as soon as Tierlab answers again.</p>
</article>`;
  return layout({ title: 'Offline - Tierlab', kind: 'inner', box: { q: '' }, main }, urls);
}

function workerPolicy(hostname: string, doors: readonly number[]): string {
  // Only a plain name: whatever else a Host header holds must not become a part of the policy.
  const others = /^[A-Za-z0-9.-]+$/.test(hostname) ? doors.map((port) => `http://${hostname}:${port}`) : [];
  return ["default-src 'none'", ["connect-src 'self'", ...others].join(' ')].join('; ');
}
