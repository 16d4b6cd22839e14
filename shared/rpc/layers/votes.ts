import { canonicalJson } from '../../security/canonical-json.ts';

export interface Vote {
  readonly node: string;
  readonly body: unknown;
}

export type Count =
  | {
      readonly result: 'agreed';
      /** The nodes that gave the answer: at least one of them does not lie, so none of them does. */
      readonly majority: readonly string[];
      /** Gave another answer at the version of the majority: they lie. */
      readonly minority: readonly string[];
      /** Answered from another version of the data: nothing can be said against them. */
      readonly abstained: readonly string[];
    }
  | { readonly result: 'open'; /** How many further equal answers the leading one needs. */ readonly missing: number };

/** f + 1 equal answers from different nodes decide. A node has one vote, however often it answers: its first. */
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
 * Version of the data that an answer was read from: its member `version`, where the operation has one. Of a batch,
 * those of all its replies: each may have been read before or after a write.
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

/** Of a body, made once: votes are counted again with each reply. */
const texts = new WeakMap<Vote, string>();

function textOf(vote: Vote): string {
  let text = texts.get(vote);
  if (text === undefined) texts.set(vote, (text = JSON.stringify(vote.body) ?? 'undefined'));
  return text;
}

/**
 * Texts that are equal where the answers are. Replicas nearly always write the same bytes: only where they do not is
 * the canonical form made.
 */
function comparable(votes: readonly Vote[]): readonly string[] {
  const written = votes.map(textOf);
  return written.every((text) => text === written[0]) ? written : votes.map(({ body }) => canonicalJson(body));
}
