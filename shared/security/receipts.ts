import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { canonicalJson } from './canonical-json.ts';

/**
 * A node's signed statement that it gave this answer to this question. Two contradicting receipts prove that the node
 * lied, whoever presents them, because no other node can sign in its name. Digests: SHA-256 of canonical JSON,
 * base64url.
 */
export const Receipt = Type.Object(
  {
    node: Type.String(),
    incarnation: Type.Number(),
    /** `ranking.rank` */
    operation: Type.String(),
    request: Type.String(),
    reply: Type.String(),
    /** The version of the data, if the operation reads versioned data: answers at different versions may differ. */
    version: Type.Optional(Type.String()),
    /** Chosen by the caller, so that an old receipt cannot pass for a new one. */
    nonce: Type.String(),
    /** Ed25519 (RFC 8032) over the canonical JSON of all other members, base64url. */
    signature: Type.String(),
  },
  { additionalProperties: false },
);
export type Receipt = Static<typeof Receipt>;

export interface ReceiptSubject {
  readonly operation: string;
  readonly request: unknown;
  readonly reply: unknown;
  readonly version?: string;
  readonly nonce: string;
}

/** The public half as text for the wire, and back. */
export const publicKeyText = (key: KeyObject): string =>
  key.export({ format: 'der', type: 'spki' }).toString('base64url');
export const publicKeyFrom = (text: string): KeyObject =>
  createPublicKey({ key: Buffer.from(text, 'base64url'), format: 'der', type: 'spki' });

function canonicalDigest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}

export function signReceipt(key: KeyObject, node: string, incarnation: number, subject: ReceiptSubject): Receipt {
  const { operation, request, reply, version, nonce } = subject;
  const word = {
    node,
    incarnation,
    operation,
    request: canonicalDigest(request),
    reply: canonicalDigest(reply),
    nonce,
  };
  const unsigned = version === undefined ? word : { ...word, version };
  return { ...unsigned, signature: sign(null, Buffer.from(canonicalJson(unsigned)), key).toString('base64url') };
}

/** Whether `key` made the signature. The content of a genuine receipt can still be false. */
export function isGenuine(receipt: Receipt, key: KeyObject): boolean {
  const { signature, ...unsigned } = receipt;
  return verify(null, Buffer.from(canonicalJson(unsigned)), key, Buffer.from(signature, 'base64url'));
}

/** The first reason why the receipt does not fit this call, as a sentence; undefined when it fits. */
export function complaint(receipt: Receipt, key: KeyObject, node: string, subject: ReceiptSubject): string | undefined {
  if (receipt.node !== node) return `it is signed in the name of ${receipt.node}`;
  if (!isGenuine(receipt, key)) return 'the signature is not that of the node';
  if (receipt.nonce !== subject.nonce) return 'it is an old receipt';
  if (receipt.operation !== subject.operation || receipt.request !== canonicalDigest(subject.request))
    return 'it is about another question';
  if (receipt.reply !== canonicalDigest(subject.reply)) return 'it is about another answer';
  return receipt.version === subject.version ? undefined : 'it is about another version';
}

/** Whether two genuine receipts prove a lie: different answers to one question at one version of the data. */
export function contradict(a: Receipt, b: Receipt): boolean {
  return (
    a.node === b.node &&
    a.operation === b.operation &&
    a.request === b.request &&
    a.version === b.version &&
    a.reply !== b.reply
  );
}
