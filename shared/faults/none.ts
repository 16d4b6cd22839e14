import { faultKind, params } from './fault.ts';

/** Does nothing: the template to copy, and the negative control: an experiment with it shows what else has effects. */
export const none = faultKind({
  kind: 'none',
  summary: 'nothing: the negative control',
  params: params({}),
  serve: () => (next) => next,
});
