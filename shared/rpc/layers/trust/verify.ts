import type { Receipt } from '../../../security/receipts.ts';
import type { Call, Layer, Reply } from '../../call.ts';
import { RpcError } from '../../errors.ts';
import type { Doubt, Doubts } from './doubts.ts';
import type { Observe } from '../events.ts';
import type { Liars } from './liars.ts';

/**
 * The result of checking a reply. `right`: these items match their signatures. `lie`: only the sender can be to blame.
 * `doubt`: either the sender or the node that stored the item is to blame. `why` is a sentence.
 */
export type CheckResult =
  | { readonly kind: 'right'; readonly items: readonly string[] }
  | { readonly kind: 'lie'; readonly why: string }
  | ({ readonly kind: 'doubt' } & Doubt);

/** Checks by `<component>.<operation>`. */
export type ReplyChecks = Readonly<Record<string, (call: Call, body: unknown) => CheckResult>>;

/** Makes nonces for receipts, and checks and keeps the receipts. */
export interface ReceiptDesk {
  readonly nonce: () => string;
  /**
   * A sentence that says what is wrong with the receipt of `node` for this reply; undefined: it is genuine, and now
   * kept.
   */
  readonly take: (call: Call, node: string, body: unknown, receipt: Receipt | undefined) => string | undefined;
}

export interface VerifyDependencies {
  readonly liars: Liars;
  readonly doubts: Doubts;
  readonly observe: Observe;
  readonly checks: ReplyChecks;
  readonly receipts: ReceiptDesk | undefined;
}

/**
 * A reply with an item that does not match its signature. Another replica must show who is to blame. Until then, the
 * reply is no evidence against its sender.
 */
export class UnprovenReply extends RpcError {}

/**
 * Checks every reply by itself. Wrong answers in the right shape are found by the vote (quorum.ts).
 *
 *   the reply does not fit schema or request    `bad_reply`; this can be an accident
 *   the sender's name or the receipt is false   `bad_reply`; the sender lied, and is ejected at once
 *   an item does not match its signature        `unavailable`, until another replica has shown who is to blame: the
 *                                               sender (a lie), or the storing node (`bad_page`); see doubts.ts
 */
export function verify({ liars, doubts, observe, checks, receipts }: VerifyDependencies): Layer {
  function lied(call: Call, node: string, why: string): RpcError {
    observe({ event: 'bad-signature', component: call.component, node, why });
    liars.accuse(call, node);
    return new RpcError('bad_reply', `the reply of ${node} is not genuine: ${why}`, { node });
  }

  function doubted(call: Call, node: string, doubt: Doubt): RpcError {
    const { judgement, isNew } = doubts.judge(call, node, doubt);
    if (judgement === 'lie') return lied(call, node, doubt.why);
    if (judgement === 'open') return new UnprovenReply('unavailable', `${doubt.why}, says ${node}`, { node });
    if (isNew) observe({ event: 'bad-page', component: call.component, why: doubt.why });
    return new RpcError('bad_page', `${doubt.why}, on every replica that was asked: import it again`);
  }

  return function verify(next) {
    return async (call): Promise<Reply> => {
      const reply = await next(call);
      const node = call.endpoint?.node ?? '';
      const named = reply.servedBy[0];
      if (named !== undefined && named !== node) throw lied(call, node, `it comes in the name of ${named}`);
      try {
        call.operation.checkResponse(reply.body, call.request);
      } catch (cause) {
        throw new RpcError('bad_reply', `${node} answered with ${(cause as RpcError).message}`, { node, cause });
      }
      const result = checks[`${call.component}.${call.operation.name}`]?.(call, reply.body);
      if (result?.kind === 'lie') throw lied(call, node, result.why);
      if (result?.kind === 'doubt') throw doubted(call, node, result);
      const wrong = call.nonce === undefined ? undefined : receipts?.take(call, node, reply.body, reply.receipt);
      if (wrong !== undefined) throw lied(call, node, wrong);
      for (const other of doubts.prove(call, result?.items ?? []))
        lied(call, other, 'another replica had the page as it was signed');
      return reply;
    };
  };
}
