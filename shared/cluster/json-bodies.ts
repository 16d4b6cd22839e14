import type { FastifyInstance } from 'fastify';
import { RpcError } from '../rpc/errors.ts';
import { repeatedField } from '../schema/repeated-fields.ts';

/** Longer bodies are refused, unless the route allows more: they would occupy the event loop for too long. */
const longestBody = 128 * 1024;

/**
 * Makes a server refuse JSON bodies in which a field is written twice. The readers of topology files and of orders
 * refuse such JSON, too.
 */
export function refuseRepeatedFields(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: longestBody },
    (request, text: string, done) => {
      void parse(request, text, (error, body) => {
        const twice = error ? undefined : repeatedField(text);
        done(twice === undefined ? error : new RpcError('bad_request', `the body cannot be read: ${twice}`), body);
      });
    },
  );
}
