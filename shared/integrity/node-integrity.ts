import type { ControlRoute } from '../control/server.ts';
import type { Layer } from '../rpc/call.ts';
import type { Observe } from '../rpc/layers/events.ts';
import { receipts as receiptsLayer } from '../rpc/layers/trust/receipts.ts';
import type { ReceiptDesk, ReplyChecks } from '../rpc/layers/trust/verify.ts';
import { createEvidenceFile, subjectOf, type EvidenceDependencies } from './proofs.ts';
import type { Keyring } from '../security/keyring.ts';
import { pageChecks } from './page-check.ts';
import { signReceipt } from '../security/receipts.ts';

export interface NodeSecurityOptions extends Omit<EvidenceDependencies, 'keys'> {
  readonly incarnation: number;
  readonly keyring: Keyring;
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
export function createNodeSecurity({ incarnation, keyring, ...evidence }: NodeSecurityOptions): NodeSecurity {
  const { own, nodes, processing } = keyring;
  const file = createEvidenceFile({ ...evidence, keys: nodes });
  return {
    receiptLayer:
      own &&
      receiptsLayer((call, nonce, { body }) =>
        signReceipt(own, evidence.node, incarnation, subjectOf(call, nonce, body)),
      ),
    checks: processing ? pageChecks(processing) : {},
    receipts: own ? file.desk : undefined,
    observe: file.observe,
    routes: [{ method: 'GET', path: '/admin/evidence', access: 'operator', handle: file.state }],
  };
}
