import { contract, type Introduction } from '../../shared/rpc/contract.ts';

const about: Introduction = {
  component: 'client',
  purpose: 'Shows search pages to people, and sends their requests to a gateway.',
  calls: ['gateway'],
};

/** The client serves people, not components: it has no operations, only pages. */
export const client = contract(about, {});
