import { canonicalJson } from '../../../security/canonical-json.ts';

export interface Vote {
  readonly node: string;
  readonly body: unknown;
  readonly staleMs?: number | undefined;
}

export interface Agreed {
  readonly result: 'agreed';
  /** The nodes that gave this answer. At least one of them is honest, and they all agree, so none of them lies. */
  readonly majority: readonly string[];
  /** The nodes that gave another answer at the majority's version: they lie. */
  readonly minority: readonly string[];
  /** The nodes that answered from another version of the data. Such an answer is no evidence against a node. */
  readonly abstained: readonly string[];
}

export type Count =
  | Agreed
  | { readonly result: 'open'; /** How many further equal answers the leading one needs. */ readonly missing: number };

/** f + 1 equal answers from different nodes decide. Each node has one vote, its first answer. */
export function countVotes(given: readonly Vote[], f: number): Count {
  const votes = given.filter(({ node }, i) => given.findIndex((vote) => vote.node === node) === i);
  const answers = comparable(votes);
  const byAnswer = Map.groupBy(votes.keys(), (i) => answers[i]!);
  let most = 0;
  for (const indices of byAnswer.values()) {
    most = Math.max(most, indices.length);
    if (indices.length <= f) continue;
    const others = votes.filter((_, i) => !indices.includes(i));
    const version = versionOf(votes[indices[0]!]!.body);
    return {
      result: 'agreed',
      majority: indices.map((i) => votes[i]!.node),
      minority: others.filter(({ body }) => versionOf(body) === version).map(({ node }) => node),
      abstained: others.filter(({ body }) => versionOf(body) !== version).map(({ node }) => node),
    };
  }
  return { result: 'open', missing: f + 1 - most };
}

/**
 * The version of the data behind an answer: its member `version`, where the operation has one. A batch has the versions
 * of all its replies, because a write may have happened between two of them.
 */
export function versionOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  if ('version' in body) return typeof body.version === 'string' ? body.version : undefined;
  if (!('replies' in body) || !Array.isArray(body.replies)) return undefined;
  const versions = body.replies.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'reply' in one ? versionOf(one.reply) : undefined,
  );
  return versions.some((version) => version !== undefined) ? versions.join(' ') : undefined;
}

/** The text of each vote's body. The texts are kept, because all votes are counted again after each new reply. */
const texts = new WeakMap<Vote, string>();

const textOf = (vote: Vote): string =>
  texts.getOrInsertComputed(vote, ({ body }) => JSON.stringify(body) ?? 'undefined');

/**
 * Texts that are equal exactly when the answers are equal. Replicas nearly always write the same bytes. The canonical
 * form is made only when the bytes differ.
 */
function comparable(votes: readonly Vote[]): readonly string[] {
  const written = votes.map(textOf);
  return written.every((text) => text === written[0]) ? written : votes.map(({ body }) => canonicalJson(body));
}
