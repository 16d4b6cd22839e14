import { faultKind, params } from './fault.ts';

/** Does nothing: the template for a new kind, and the negative control of experiments. */
export const none = faultKind({
  kind: 'none',
  summary: 'changes nothing: to compare with the other kinds',
  params: params({}),
  serve: () => (next) => next,
});
