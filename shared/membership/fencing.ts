import type { Promotion } from './view.ts';

export const standbyKinds = ['hot', 'warm', 'cold'] as const;
/** `hot`: serves at once. `warm`: the process runs, its data is not loaded. `cold`: not even started. */
export type StandbyKind = (typeof standbyKinds)[number];

/**
 * Of two promotions to one role, the one with the greater token counts. If two monitors gave the same token, the
 * smaller name counts. So all nodes agree.
 */
export function isNewer(promotion: Promotion, known: Promotion | undefined): boolean {
  if (!known || promotion.token !== known.token) return promotion.token > (known?.token ?? 0);
  return promotion.node < known.node;
}

/** How soon a standby could serve: smaller is sooner. A node that lost its role and came back is like a hot standby. */
export function readiness(kind: StandbyKind | undefined, phase: string | undefined): number {
  if (phase === undefined) return kind === 'cold' ? 2 : 3;
  return kind === undefined ? 0 : standbyKinds.indexOf(kind);
}

/**
 * One node's own fence: whether it may serve, from the promotions that it has seen. Tokens only grow, so neither an
 * old view nor a monitor that was cut off can give a role back.
 *
 *   ranking-1 (paused) .................... resumes: "ranking-4 holds my role with token 7, I have 0" -> refuses
 *   ranking-4 standby --promote, token 7--> serves
 */
export interface Fence {
  /** Takes in a view's promotions; true when this node's right to serve has changed. */
  readonly learn: (promotions: readonly Promotion[]) => boolean;
  readonly mayServe: () => boolean;
  /** The token of the role that this node was promoted to. */
  readonly token: () => number | undefined;
  /** The promotion that gave the role of this node to another node; undefined while this node has its role. */
  readonly lostTo: () => Promotion | undefined;
}

export function createFence(node: string, standby: StandbyKind | undefined): Fence {
  const roles = new Map<string, Promotion>();
  const own = (): Promotion | undefined =>
    [...roles.values()].filter((it) => it.node === node).sort((a, b) => b.token - a.token)[0];
  const may = (): boolean => own() !== undefined || (standby === undefined && !roles.has(node));
  return {
    learn(promotions) {
      const before = may();
      for (const promotion of promotions)
        if (isNewer(promotion, roles.get(promotion.instead))) roles.set(promotion.instead, promotion);
      return may() !== before;
    },
    mayServe: may,
    token: () => own()?.token,
    lostTo: () => (may() ? undefined : roles.get(node)),
  };
}
