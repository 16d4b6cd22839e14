import type { Receipt } from '../../security/receipts.ts';
import type { Call, Layer, Reply } from '../call.ts';
import { RpcError } from '../errors.ts';
import type { Observe } from './events.ts';
import type { Liars } from './liars.ts';

/** A sentence about what is wrong with a reply; undefined = nothing. By `<component>.<operation>`. */
export type ReplyChecks = Readonly<Record<string, (call: Call, body: unknown) => string | undefined>>;

/** Where receipts are asked for, checked and kept. */
export interface ReceiptDesk {
  readonly nonce: () => string;
  /** A sentence about what is wrong with the receipt as `node`'s for this reply; undefined: genuine, and kept. */
  readonly take: (call: Call, node: string, body: unknown, receipt: Receipt | undefined) => string | undefined;
}

export interface VerifyDependencies {
  readonly liars: Liars;
  readonly observe: Observe;
  readonly checks: ReplyChecks;
  readonly receipts: ReceiptDesk | undefined;
}

/**
 * Believes no reply before it is checked, each by itself: it fits the operation's schema, comes in the name of the node that was asked, is
 * signed by whom it must be. What fails is `bad_reply` of that node: another replica is asked, where there is one. A wrong shape can be
 * an accident; a wrong name or signature is a lie, so its sender is out at once. What only others can tell - a wrong answer in the right
 * shape - is the vote's business.
 */
export function verify({ liars, observe, checks, receipts }: VerifyDependencies): Layer {
  function lied(call: Call, node: string, why: string): RpcError {
    observe({ event: 'bad-signature', component: call.component, node, why });
    liars.accuse(call, node);
    return new RpcError('bad_reply', `the reply of ${node} is not genuine: ${why}`, { node });
  }

  return function verify(next) {
    return async (call): Promise<Reply> => {
      const reply = await next(call);
      const node = call.endpoint?.node ?? '';
      const named = reply.servedBy[0];
      if (named !== undefined && named !== node) throw lied(call, node, `it comes in the name of ${named}`);
      try {
        call.operation.checkResponse(reply.body);
      } catch (cause) {
        throw new RpcError('bad_reply', `${node} answered with ${(cause as RpcError).message}`, { node, cause });
      }
      const wrong =
        checks[`${call.component}.${call.operation.name}`]?.(call, reply.body) ??
        (call.nonce === undefined ? undefined : receipts?.take(call, node, reply.body, reply.receipt));
      if (wrong !== undefined) throw lied(call, node, wrong);
      return reply;
    };
  };
}
