import { faultKind, params } from './fault.ts';

/** Does nothing: the template to copy, and the negative control: an experiment with it shows what else has effects. */
export const none = faultKind({
  kind: 'none',
  summary: 'changes nothing: to compare with the other kinds',
  params: params({}),
  serve: () => (next) => next,
});
