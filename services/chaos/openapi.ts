import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { FaultRequest } from '../../shared/faults/envelope.ts';
import { Experiment } from './experiment.ts';

/** A route, with what a reader of its description wants to know. */
export interface Described {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: string;
  readonly doc: { readonly summary: string; readonly request?: keyof typeof schemas };
  readonly handle: (request: FastifyRequest) => Promise<unknown>;
}

const schemas = {
  FaultRequest,
  Experiment,
  Halt: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 200 })) }),
};

const json = (schema: object) => ({ 'application/json': { schema } });
const problem = {
  description: 'A problem (RFC 9457) with a code',
  content: { 'application/problem+json': { schema: { type: 'object' } } },
};

/** OpenAPI 3.1 of `routes` under `prefix`. The schemas are those by which requests are checked. */
export function documents(prefix: string, routes: readonly Described[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, url, doc } of routes) {
    const path = (prefix + url).replace(/\/$/, '').replaceAll(/:(\w+)/g, '{$1}');
    const parameters = [...url.matchAll(/:(\w+)/g)].map(([, name]) => {
      return { name, in: 'path', required: true, schema: { type: 'string' } };
    });
    (paths[path] ??= {})[method.toLowerCase()] = {
      summary: doc.summary,
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(doc.request ? { requestBody: { content: json({ $ref: `#/components/schemas/${doc.request}` }) } } : {}),
      ...(method === 'GET' ? {} : { security: [{ operator: [] }] }),
      responses: { 200: { description: 'Done', content: json({}) }, default: problem },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tierlab chaos',
      version: '1',
      description: 'Breaks things on purpose, within rules. What changes something needs the operator token.',
    },
    paths,
    components: { schemas, securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
  };
}
