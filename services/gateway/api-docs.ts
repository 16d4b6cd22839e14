import { createRequire } from 'node:module';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { openApi } from '../../web/open-api.ts';

/**
 * swagger-ui, unlike our own pages, needs images inside its stylesheet. Scripts and styles from other hosts stay
 * forbidden.
 */
const csp =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** `/openapi.json`, and a page to try the API at `/docs`. Must be registered before the routes that it describes. */
export async function apiDocs(scope: FastifyInstance, log: Logger): Promise<void> {
  await openApi(scope, {
    title: 'Tierlab search',
    description: 'Searches the corpus. Every error is a problem document (RFC 9457) with a `code`.',
  });
  const baseDir = uiFolder();
  if (baseDir === undefined) {
    log.warn('@fastify/swagger-ui is not installed here: /docs is left out, /openapi.json is served');
    return;
  }
  const { default: swaggerUi } = await import('@fastify/swagger-ui');
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    baseDir,
    staticCSP: csp,
    theme: { title: 'Tierlab API' },
    logo: { type: 'image/svg+xml', content: logo },
    uiConfig: { plugins: [withoutItsLogo] },
  });
}

/**
 * The folder of the files of swagger-ui, inside its package, also when this code runs from a bundle. Undefined if the
 * package is not installed.
 */
function uiFolder(): string | undefined {
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static');
  } catch {
    return undefined;
  }
}

/**
 * Runs in the browser. Removes Swagger's own logo: it has the only inline style of the page, which the content security
 * policy forbids (https://github.com/swagger-api/swagger-ui/issues/10655).
 */
const withoutItsLogo = () => ({ components: { Logo: () => null } });

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 104 24"><g fill="#74cfc3"><rect x="7" y="3" width="10" ' +
  'height="4" rx="2"/><rect x="4" y="10" width="16" height="4" rx="2"/><rect x="1" y="17" width="22" ' +
  'height="4" rx="2"/></g><text x="32" y="18" font-family="Georgia,serif" font-size="18" ' +
  'fill="#fff">Tierlab</text></svg>';
