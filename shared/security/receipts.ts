import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import Type, { type Static } from 'typebox';
import { canonicalJson } from './canonical-json.ts';

/**
 * A node's signed word that it gave this answer to this question. Two of them that contradict each other convict the
 * node before anybody, whoever shows them: nobody else can sign in its name. Digests: SHA-256 of canonical JSON,
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
    /** Of the data that was read, where the operation has one: answers of different versions may differ. */
    version: Type.Optional(Type.String()),
    /** The caller's: an old receipt cannot pass for a new one. */
    nonce: Type.String(),
    /** Ed25519 (RFC 8032) over the canonical JSON of all the rest, base64url. */
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

export function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url');
}

export function signReceipt(key: KeyObject, node: string, incarnation: number, subject: ReceiptSubject): Receipt {
  const { operation, request, reply, version, nonce } = subject;
  const word = { node, incarnation, operation, request: digest(request), reply: digest(reply), nonce };
  const unsigned = version === undefined ? word : { ...word, version };
  return { ...unsigned, signature: sign(null, Buffer.from(canonicalJson(unsigned)), key).toString('base64url') };
}

/** Whether the signature is that of `key`. What it says can still be a lie: then it is a lie on record. */
export function isGenuine(receipt: Receipt, key: KeyObject): boolean {
  const { signature, ...unsigned } = receipt;
  return verify(null, Buffer.from(canonicalJson(unsigned)), key, Buffer.from(signature, 'base64url'));
}

/**
 * A sentence about the first thing that is wrong with a receipt as the answer to this very call; undefined = nothing.
 */
export function complaint(receipt: Receipt, key: KeyObject, node: string, subject: ReceiptSubject): string | undefined {
  if (receipt.node !== node) return `it is signed in the name of ${receipt.node}`;
  if (!isGenuine(receipt, key)) return 'the signature is not that of the node';
  if (receipt.nonce !== subject.nonce) return 'it is an old receipt';
  if (receipt.operation !== subject.operation || receipt.request !== digest(subject.request))
    return 'it is about another question';
  if (receipt.reply !== digest(subject.reply)) return 'it is about another answer';
  return receipt.version === subject.version ? undefined : 'it is about another version';
}

/** Whether the two, both genuine, convict their signer: one question at one version of the data, two answers. */
export function contradict(a: Receipt, b: Receipt): boolean {
  return (
    a.node === b.node &&
    a.operation === b.operation &&
    a.request === b.request &&
    a.version === b.version &&
    a.reply !== b.reply
  );
}
