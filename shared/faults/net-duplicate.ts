import Type from 'typebox';
import { faultKind, params } from './fault.ts';

/** A request arrives more than once; the first answer counts. Writes without an idempotency key happen twice. */
export const netDuplicate = faultKind({
  kind: 'net.duplicate',
  summary: 'requests arrive more than once',
  params: params({
    copies: Type.Integer({ minimum: 2, maximum: 10, default: 2, description: 'how often each request arrives' }),
  }),
  edge: ({ params: { copies } }) => {
    return () => ({ do: 'duplicate', copies });
  },
});
