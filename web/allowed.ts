/** A route as far as "is there one?" goes; `url` in the pattern language of Fastify (`/page/:id`, `/docs/*`). */
export interface KnownRoute {
  readonly url: string;
  readonly methods: readonly string[];
}

/**
 * The methods that `path` answers to, in order; empty where nothing has this path. For 404 or 405 with its Allow
 * header.
 */
export function allowedMethods(routes: readonly KnownRoute[], path: string): string[] {
  const methods = routes.filter(({ url }) => pattern(url).test(path)).flatMap((route) => route.methods);
  return [...new Set(methods)].sort();
}

function pattern(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) =>
      part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
    )
    .join('/');
  return new RegExp(`^${source}$`);
}
