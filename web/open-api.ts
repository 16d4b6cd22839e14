import type { FastifyInstance } from 'fastify';

interface Description {
  readonly title: string;
  readonly description: string;
  readonly components?: { readonly securitySchemes: Record<string, { type: 'http'; scheme: string }> };
}

/** Describes the routes that `scope` gets from now on as OpenAPI 3.1 at `/openapi.json`. */
export async function openApi(scope: FastifyInstance, { components, ...info }: Description): Promise<void> {
  const { default: swagger } = await import('@fastify/swagger');
  await scope.register(swagger, {
    openapi: { openapi: '3.1.0', info: { version: '1', ...info }, ...(components && { components }) },
  });
  scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger());
}
