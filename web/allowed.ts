/** The method and pattern of a route; `url` is a Fastify pattern (`/page/:id`, `/docs/*`). */
export interface KnownRoute {
  readonly url: string;
  readonly methods: readonly string[];
}

/** The methods that `path` allows, in order, for the Allow header of a 405. Empty if no route has this path (404). */
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
