import { faultKind, params } from './fault.ts';

/** Does nothing: the template to copy for a new kind, and the negative control of every experiment. */
export const none = faultKind({
  kind: 'none',
  summary: 'nothing: the negative control',
  params: params({}),
  serve: () => (next) => next,
});
