import Type from 'typebox';
import { faultKind, params } from './fault.ts';
import { lie } from './lies.ts';

/** Answers in the name of another node: the reply says that `as` answered. Only a key per node reveals this. */
export const byzForge = faultKind({
  kind: 'byz.forge',
  summary: 'answers in the name of another node',
  params: params({
    as: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'the node in whose name it answers' }),
  }),
  serve({ params: { as }, draw }) {
    return (next) =>
      async function byzForge(call) {
        const reply = await next(call);
        const body = lie(reply.body, call.operation, 'semantic', draw(call.requestId, 'place')) ?? reply.body;
        return { body, servedBy: [as, ...reply.servedBy.slice(1)] };
      };
  },
});
