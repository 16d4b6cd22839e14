import { contract } from '../../shared/rpc/contract.ts';

/** The console serves people, not components: it has pages, but no operations. */
export const consoleContract = contract('console', {});
