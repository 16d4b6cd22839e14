export interface NodeAnswers {
  readonly answers: ReadonlyMap<string, unknown>;
  /** The nodes that failed, each with the reason. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Asks all nodes at the same time and waits for all answers. A node that fails does not affect the others. */
export async function askNodes<N extends { readonly id: string }>(
  nodes: readonly N[],
  ask: (node: N) => Promise<unknown>,
): Promise<NodeAnswers> {
  const answers = new Map<string, unknown>();
  const failures = new Map<string, string>();
  const settled = await Promise.allSettled(nodes.map(ask));
  for (const [i, { id }] of nodes.entries()) {
    const outcome = settled[i]!;
    if (outcome.status === 'fulfilled') answers.set(id, outcome.value);
    else failures.set(id, outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason));
  }
  return { answers, failures };
}

/** `2 of 12 nodes did not change: app-1 (nothing answers at port 7001), app-2 (...)`. */
export function failureLine({ answers, failures }: NodeAnswers, did: string): string {
  const each = [...failures].map(([id, why]) => `${id} (${why})`).join(', ');
  return `${failures.size} of ${answers.size + failures.size} ready nodes ${did}: ${each}`;
}
