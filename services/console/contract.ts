import { contract, type Introduction } from '../../shared/rpc/contract.ts';

const about: Introduction = {
  component: 'console',
  purpose: 'Shows the cluster to people: this page.',
};

/** The console serves people, not components: it has pages, but no operations. */
export const consoleContract = contract(about, {});
