import Type from 'typebox';
import { faultKind, params } from './fault.ts';
import { lie } from './lies.ts';

/** One value of the reply is wrong: `syntactic` breaks the schema, `semantic` is valid and false. */
export const byzCorrupt = faultKind({
  kind: 'byz.corrupt',
  summary: 'answers with a wrong value',
  params: params({
    how: Type.Enum(['semantic', 'syntactic'], {
      default: 'semantic',
      description: 'semantic: valid, but false; syntactic: breaks the schema',
    }),
    field: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'corrupt the member with this name, instead of any member',
      }),
    ),
  }),
  serve({ params: { how, field }, draw, spare }) {
    return (next) =>
      async function byzCorrupt(call) {
        const reply = await next(call);
        const body = lie(reply.body, call.operation, how, draw(call.requestId, 'place'), field);
        if (body !== undefined) return { ...reply, body };
        spare();
        return reply;
      };
  },
});
