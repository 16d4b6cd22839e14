import type { KeyObject } from 'node:crypto';
import type { Clock } from '../time/clock.ts';
import type { Observe } from '../rpc/layers/events.ts';
import type { ReceiptDesk } from '../rpc/layers/trust/verify.ts';
import { versionOf } from '../rpc/layers/trust/votes.ts';
import { complaint, contradict, type Receipt, type ReceiptSubject } from '../security/receipts.ts';
import type { Call } from '../rpc/call.ts';

/** One signed answer as its caller got it. */
export interface Exhibit {
  readonly at: string;
  readonly caller: string;
  /**
   * The incarnation of the process that was asked, as the caller knew it. The node could lie about its own incarnation.
   */
  readonly incarnation?: number | undefined;
  readonly request: unknown;
  readonly reply: unknown;
  readonly receipt: Receipt;
}

/** A lost vote: the signed lie beside the signed answers of the majority. */
export interface Dispute {
  readonly node: string;
  readonly lie: Exhibit;
  readonly truth: readonly Exhibit[];
}

/** Two signed answers of one node to one question that cannot both be true. They are proof, whoever presents them. */
export interface Contradiction {
  readonly node: string;
  readonly answers: readonly [Exhibit, Exhibit];
}

export interface EvidenceFile {
  readonly desk: ReceiptDesk;
  /** Receives lost votes, and keeps the compared answers. */
  readonly observe: Observe;
  readonly state: () => {
    readonly contradictions: readonly Contradiction[];
    readonly disputes: readonly Dispute[];
    readonly receipts: readonly Receipt[];
  };
}

export interface EvidenceDependencies {
  /** The node that keeps the evidence. */
  readonly node: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly clock: Clock;
  /** Never repeats, and cannot be guessed. */
  readonly nonce: () => string;
  readonly observe: Observe;
}

/**
 * The number of audited answers that are kept for comparison with later answers. An answer to a search takes about 20
 * kB.
 */
const maxExhibits = 128;
/** The number of disputes and contradictions that are kept; the newest stay. */
const maxKept = 16;

/** What the receipt of this answer is about. */
export function subjectOf({ component, operation, request }: Call, nonce: string, reply: unknown): ReceiptSubject {
  const version = versionOf(reply);
  const subject = { operation: `${component}.${operation.name}`, request, reply, nonce };
  return version === undefined ? subject : { ...subject, version };
}

/**
 * Keeps the receipts of audited answers, and the proofs of lies that follow from them. Bounded; lost when the process
 * ends.
 */
export function createEvidenceFile({ node: caller, keys, clock, nonce, observe }: EvidenceDependencies): EvidenceFile {
  const exhibits: Exhibit[] = [];
  const disputes: Dispute[] = [];
  const contradictions: Contradiction[] = [];
  const keep = <T>(list: T[], item: T, most: number): void => {
    if (list.push(item) > most) list.shift();
  };

  return {
    desk: {
      nonce,
      take(call, node, reply, receipt) {
        const { component, request, nonce = '', endpoint } = call;
        const key = keys.get(node);
        if (!key) return undefined;
        if (!receipt) return 'no receipt came';
        const wrong = complaint(receipt, key, node, subjectOf(call, nonce, reply));
        if (wrong !== undefined) return `its receipt is wrong: ${wrong}`;
        const { incarnation } = endpoint ?? {};
        const exhibit: Exhibit = {
          at: new Date(clock.wall()).toISOString(),
          caller,
          incarnation,
          request,
          reply,
          receipt,
        };
        // A repaired node is not blamed for the answers of its earlier process.
        const earlier = exhibits.find(
          (other) => other.incarnation === incarnation && contradict(other.receipt, receipt),
        );
        keep(exhibits, exhibit, maxExhibits);
        if (earlier) {
          keep(contradictions, { node, answers: [earlier, exhibit] }, maxKept);
          observe({ event: 'contradiction', component, node });
        }
        return undefined;
      },
    },
    observe(event) {
      if (event.event !== 'vote-lost' || event.nonce === undefined) return;
      const compared = exhibits.filter(({ receipt }) => receipt.nonce === event.nonce);
      const lie = compared.find(({ receipt }) => receipt.node === event.node);
      const truth = compared.filter(({ receipt }) => event.majority.includes(receipt.node));
      if (lie) keep(disputes, { node: event.node, lie, truth }, maxKept);
    },
    state: () => ({ contradictions, disputes, receipts: exhibits.map(({ receipt }) => receipt) }),
  };
}
