import Type from 'typebox';
import { faultKind, params } from './fault.ts';

/** Connections break before the request arrives, or after `afterBytes` of the reply's body. */
export const netReset = faultKind({
  kind: 'net.reset',
  summary: 'connections to and from it break',
  params: params({
    afterBytes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1e9,
        description: 'break after this many bytes of the reply, instead of at once',
      }),
    ),
  }),
  edge({ fault, params: { afterBytes } }) {
    if (afterBytes !== undefined) return undefined;
    const leg = fault.scope.direction ?? 'request';
    return () => ({ do: 'reset', leg });
  },
  body({ params: { afterBytes } }) {
    if (afterBytes === undefined) return undefined;
    return () => ({ chunkBytes: Math.max(1, afterBytes), pauseMs: 0, resetAfterBytes: afterBytes });
  },
});
