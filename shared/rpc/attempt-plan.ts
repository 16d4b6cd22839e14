/**
 * How the attempts of one call are spread over the replicas.
 *
 * A call has at most one plan. Its owner is the layer that makes the attempts: `quorum`, `hedge` or `retry`, the
 * outermost of them that is at work for this call. Those further in find the plan and make no attempts of their own, so
 * attempts never multiply. `balance` carries the plan out: it obeys the rules, and notes for each attempt the node to
 * which it went.
 */
export interface AttemptPlan extends PlanRules {
  readonly attempts: readonly PlannedAttempt[];
}

export interface PlanRules {
  /**
   * No node is asked twice: its second answer would tell nothing new. Otherwise a node is asked again only when all
   * have been asked.
   */
  readonly distinct?: boolean;
  /** Only these nodes may be asked, whatever is known about them. */
  readonly only?: readonly string[];
  /** Every node is as likely as any other: an audit must also reach those that are too slow to be chosen. */
  readonly evenly?: boolean;
}

/** One attempt of a plan. It travels with the call (`call.planned`). */
export interface PlannedAttempt {
  readonly plan: AttemptPlan;
  /** Where it went; undefined until `balance` has chosen. */
  readonly node: string | undefined;
}

export function createPlan(rules: PlanRules = {}): AttemptPlan {
  return { ...rules, attempts: [] };
}

/** Adds one attempt to `plan`. Only the owner of the plan calls this. */
export function planAttempt(plan: AttemptPlan): PlannedAttempt {
  const attempt: PlannedAttempt = { plan, node: undefined };
  (plan.attempts as PlannedAttempt[]).push(attempt);
  return attempt;
}

/** Notes where an attempt goes. Only `balance` calls this, once for each attempt. */
export function assignNode(attempt: PlannedAttempt, node: string): void {
  (attempt as { node: string | undefined }).node = node;
}

/** Whether an attempt of `plan` went to `node`. */
export function wasAsked(plan: AttemptPlan | undefined, node: string): boolean {
  return plan !== undefined && plan.attempts.some((attempt) => attempt.node === node);
}
