import { contract } from '../../shared/rpc/contract.ts';

/** The client serves people, not components: it has no operations, only pages. */
export const client = contract('client', {});
