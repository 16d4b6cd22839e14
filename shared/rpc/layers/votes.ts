export interface Vote {
  readonly node: string;
  /** Canonical bytes of the answer. */
  readonly answer: string;
}

export type Count =
  | {
      readonly result: 'agreed';
      readonly answer: string;
      readonly majority: readonly string[];
      readonly minority: readonly string[];
    }
  | { readonly result: 'open'; /** How many further equal answers the leading one needs. */ readonly missing: number };

/** f + 1 equal answers from different nodes: at least one of them does not lie, and it is one of the majority. */
export function countVotes(votes: readonly Vote[], f: number): Count {
  const byAnswer = new Map<string, Set<string>>();
  for (const { node, answer } of votes) byAnswer.set(answer, (byAnswer.get(answer) ?? new Set()).add(node));
  let most = 0;
  for (const [answer, nodes] of byAnswer) {
    most = Math.max(most, nodes.size);
    if (nodes.size > f) {
      const minority = votes.filter((vote) => vote.answer !== answer).map(({ node }) => node);
      return { result: 'agreed', answer, majority: [...nodes], minority };
    }
  }
  return { result: 'open', missing: f + 1 - most };
}
