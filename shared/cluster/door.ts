import type { RequestListener } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { RpcError, toProblem } from '../rpc/errors.ts';
import { fromThrown } from '../rpc/http-errors.ts';
import { schemaProblem } from '../schema/problem.ts';
import { createDataPort, unknownRoute } from './data-port.ts';
import { refuseRepeatedFields } from './json-bodies.ts';

/** A data port with public routes, served by Fastify. Loaded only on nodes that have public routes. */
export function createDoor(
  log: Logger,
  onRpc: RequestListener | undefined,
  hosts: readonly string[] = [],
): FastifyInstance {
  const server = Fastify({
    loggerInstance: log.child({ part: 'http' }, { level: 'warn' }),
    // No logger per request: log lines carry the request id where it matters.
    childLoggerFactory: (logger) => logger,
    forceCloseConnections: 'idle',
    bodyLimit: 1024 * 1024,
    routerOptions: { maxParamLength: 256 },
    // Fastify's own compilers (ajv, fast-json-stringify) would add 0.1 s to the start of the node.
    schemaController: {
      compilersFactory: {
        // The types know ajv only.
        buildValidator: (() => validator) as never,
        buildSerializer: () => () => JSON.stringify,
      },
    },
    serverFactory: (handle) => createDataPort(onRpc, handle, hosts),
  });
  server.setErrorHandler((thrown, request, reply) => {
    const error = fromThrown(thrown);
    if (error.code === 'internal') log.error({ err: thrown, url: request.url }, 'request failed');
    void reply.code(error.status).type('application/problem+json').send(toProblem(error));
  });
  server.setNotFoundHandler((request, reply) => {
    const error = unknownRoute(request.method, request.url);
    void reply.code(error.status).type('application/problem+json').send(toProblem(error));
  });
  const door = server as unknown as FastifyInstance;
  refuseRepeatedFields(door);
  return door;
}

function validator({ schema }: { schema: TSchema }) {
  const compiled = Compile(schema);
  return function validate(value: unknown) {
    if (compiled.Check(value)) return { value };
    return { error: new RpcError('bad_request', schemaProblem(schema, value) ?? 'the body does not fit its schema') };
  };
}
