import { faultKind, params } from './fault.ts';

/** Messages vanish; nobody is told. `scope.direction: reply` loses the answer to work that was done. */
export const netDrop = faultKind({
  kind: 'net.drop',
  summary: 'messages to and from it vanish',
  params: params({}),
  edge: ({ fault }) => {
    const leg = fault.scope.direction ?? 'request';
    return () => ({ do: 'lose', leg });
  },
});
