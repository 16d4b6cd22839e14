import { faultKind, params } from './fault.ts';

/** Messages are lost without an error. `scope.direction: reply` loses the answer after the work is done. */
export const netDrop = faultKind({
  kind: 'net.drop',
  summary: 'messages to and from it vanish',
  params: params({}),
  edge: ({ fault }) => {
    const leg = fault.scope.direction ?? 'request';
    return () => ({ do: 'lose', leg });
  },
});
