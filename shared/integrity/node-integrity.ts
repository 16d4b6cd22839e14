import type { ControlRoute } from '../control/server.ts';
import type { Layer } from '../rpc/call.ts';
import type { Observe } from '../rpc/layers/events.ts';
import { receipts as receiptsLayer } from '../rpc/layers/trust/receipts.ts';
import type { ReceiptDesk, ReplyChecks } from '../rpc/layers/trust/verify.ts';
import { versionOf } from '../rpc/layers/trust/votes.ts';
import type { Clock } from '../time/clock.ts';
import { createEvidenceFile } from './proofs.ts';
import type { Keyring } from '../security/keyring.ts';
import { pageChecks } from './page-check.ts';
import { signReceipt } from '../security/receipts.ts';

export interface NodeSecurityOptions {
  readonly node: string;
  readonly incarnation: number;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly nonce: () => string;
  readonly observe: Observe;
}

export interface NodeSecurity {
  /** Signs this node's answers, if it has a key. */
  readonly receiptLayer: Layer | undefined;
  readonly checks: ReplyChecks;
  readonly receipts: ReceiptDesk | undefined;
  /** Must receive every event of the layers. */
  readonly observe: Observe;
  /** GET /admin/evidence: this node's evidence against other nodes. */
  readonly routes: readonly ControlRoute[];
}

/**
 * A node uses its keys to sign receipts, to check the pages and receipts of other nodes, and to keep evidence of lies.
 */
export function createNodeSecurity({
  node,
  incarnation,
  keyring,
  clock,
  nonce,
  observe,
}: NodeSecurityOptions): NodeSecurity {
  const { own, nodes, processing } = keyring;
  const file = createEvidenceFile({ node, keys: nodes, clock, nonce, observe });
  return {
    receiptLayer:
      own &&
      receiptsLayer(({ component, operation, request }, nonce, { body }) => {
        const version = versionOf(body);
        const subject = { operation: `${component}.${operation.name}`, request, reply: body, nonce };
        return signReceipt(own, node, incarnation, version === undefined ? subject : { ...subject, version });
      }),
    checks: processing ? pageChecks(processing) : {},
    receipts: own ? file.desk : undefined,
    observe: file.observe,
    routes: [{ method: 'GET', path: '/admin/evidence', access: 'operator', handle: file.state }],
  };
}
