/**
 * The plan of a call: how its attempts are spread over the replicas.
 *
 * A call has at most one plan. Its owner is the layer that makes the attempts: the outermost of `quorum`, `hedge` and
 * `retry` that is active for this call. The layers further in see the plan and make no attempts of their own, so
 * attempts never multiply. `balance` chooses a node for each attempt by the rules of the plan, and records it there.
 */
export interface AttemptPlan extends PlanRules {
  readonly attempts: readonly PlannedAttempt[];
}

export interface PlanRules {
  /**
   * No node is asked twice, because its second answer would tell nothing new. Without `distinct`, a node is asked again
   * only when all nodes have been asked.
   */
  readonly distinct?: boolean;
  /** Only these nodes may be asked, whatever is known about them. */
  readonly only?: readonly string[];
  /** Every node is equally likely: an audit must also reach nodes that are too slow to be chosen otherwise. */
  readonly evenly?: boolean;
}

/**
 * Why an attempt is made. `retry`: another attempt failed. `hedge`: another attempt is slow. `vote`: the answers of
 * several replicas are compared.
 */
export const attemptKinds = ['first', 'retry', 'hedge', 'vote'] as const;
export type AttemptKind = (typeof attemptKinds)[number];

/** One attempt of a plan. It travels with the call (`call.planned`). */
export interface PlannedAttempt {
  readonly plan: AttemptPlan;
  readonly kind: AttemptKind;
  /** The node that was asked; undefined until `balance` has chosen it. */
  readonly node: string | undefined;
}

export function createPlan(rules: PlanRules = {}): AttemptPlan {
  return { ...rules, attempts: [] };
}

/** Adds one attempt to `plan`. Only the owner of the plan calls this. */
export function planAttempt(
  plan: AttemptPlan,
  kind: AttemptKind = plan.attempts.length === 0 ? 'first' : 'retry',
): PlannedAttempt {
  const attempt: PlannedAttempt = { plan, kind, node: undefined };
  (plan.attempts as PlannedAttempt[]).push(attempt);
  return attempt;
}

/** Records the node of an attempt. Only `balance` calls this, once for each attempt. */
export function assignNode(attempt: PlannedAttempt, node: string): void {
  (attempt as { node: string | undefined }).node = node;
}

/** Whether an attempt of `plan` went to `node`. */
export function wasAsked(plan: AttemptPlan | undefined, node: string): boolean {
  return plan !== undefined && plan.attempts.some((attempt) => attempt.node === node);
}
