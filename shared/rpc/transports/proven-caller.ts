import { RpcError } from '../errors.ts';

/** The calling node: the name in the certificate. Throws `forbidden` where the call claims another name. */
export function provenCaller(claimed: string | undefined, proven: string | undefined): string {
  if (proven === undefined) throw new RpcError('unauthenticated', 'the caller has shown no certificate');
  if (claimed !== undefined && claimed !== proven)
    throw new RpcError('forbidden', `the caller says that it is ${claimed}, but its certificate is that of ${proven}`);
  return proven;
}
