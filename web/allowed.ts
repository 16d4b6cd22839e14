/** The method and pattern of a route; `url` is a Fastify pattern (`/page/:id`, `/docs/*`). */
export interface KnownRoute {
  readonly url: string;
  readonly methods: readonly string[];
}

/** The methods that `path` allows, in order; empty if no route has this path. For 404, or 405 with its Allow header. */
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
