import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { FaultRequest } from '../../shared/faults/envelope.ts';
import { Experiment } from './experiment.ts';
import { openApi } from '../../web/open-api.ts';

/** The bodies of requests, by the names under which routes refer to them. */
export const bodies = {
  FaultRequest,
  Experiment,
  Halt: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 200 })) }),
};

/** Describes the routes that `scope` gets from now on as OpenAPI 3.1 at `/openapi.json`. */
export async function describeRoutes(scope: FastifyInstance): Promise<void> {
  await openApi(scope, {
    title: 'Tierlab chaos',
    description: 'Injects faults within safety rules. Requests that change something need the operator token.',
    components: { securitySchemes: { operator: { type: 'http', scheme: 'bearer' } } },
  });
  // The schemas only describe. The controller checks the values, because its errors name the allowed ones.
  scope.setValidatorCompiler(() => (value) => ({ value }));
}
