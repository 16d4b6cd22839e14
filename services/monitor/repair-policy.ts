import { tolerated } from '../../shared/tolerated.ts';
import type { Verdict } from '../../shared/membership/verdict.ts';

export type RepairOrder =
  /** Kill what is left of it, and start it again. Callers use it again after four healthy windows (hysteresis.ts). */
  | { readonly do: 'restart'; readonly node: string; readonly incarnation: number }
  /** Take it out of rotation: it finishes its calls and gets no new ones. */
  | { readonly do: 'drain'; readonly node: string; readonly incarnation: number }
  /** Take it out of rotation at once, and start it again. `resynchronise`: its state folder is deleted before that. */
  | { readonly do: 'quarantine'; readonly node: string; readonly incarnation: number; readonly resynchronise: boolean }
  /** A standby takes the role of `instead`. */
  | { readonly do: 'promote'; readonly node: string; readonly instead: string };

/** Nothing is ordered, and this is the reason. */
export interface NoOrder {
  readonly do: 'wait';
  readonly reason: string;
}

export interface NodeCondition {
  readonly node: string;
  readonly incarnation: number;
  readonly verdict: Verdict;
  /** How long the verdict has stood, ms. */
  readonly standingMs: number;
  /** It holds data of its own. */
  readonly stateful: boolean;
  /** In rotation: callers are sent to it. */
  readonly serving: boolean;
}

export interface PastOrder {
  readonly at: number;
  readonly group: string;
  readonly node: string;
  readonly incarnation: number;
  readonly do: RepairOrder['do'];
}

export interface GroupCondition {
  readonly now: number;
  readonly groupSize: number;
  /** How many of the group serve now, this one included. */
  readonly groupServing: number;
  /** Standbys of the group that wait, the most ready first. */
  readonly standbys: readonly string[];
  readonly past: readonly PastOrder[];
  /** The monitor does not trust its own observations now. */
  readonly doubtsItself: boolean;
  /** Its watchdog cannot start it: the machine is gone. */
  readonly restartRefused?: boolean;
}

/** Tunables of repair. */
const repairLimits = {
  /** The first gap between two orders about one node; it doubles with each. */
  gapMs: 5_000,
  maxGapMs: 60_000,
  /** After this time without an order, the next gap is `gapMs` again, ms. */
  forgiveMs: 300_000,
  /** Orders in the whole cluster within `burstMs`: when everything seems to be wrong, the monitor is probably wrong. */
  burst: 4,
  burstMs: 10_000,
  /** A drained node gets this long to recover before it is restarted. */
  drainMs: 3_000,
  /** For this time at most one limping node of the whole cluster is drained. */
  oneLimperMs: 30_000,
  /**
   * A standby is promoted after this many repairs without lasting success, or when the node has been down for
   * `promoteAfterMs`.
   */
  triesBeforePromotion: 2,
  promoteAfterMs: 5_000,
} as const;

function isRecentDrain(order: PastOrder, now: number): boolean {
  return order.do === 'drain' && now - order.at < repairLimits.oneLimperMs;
}

/** Pure: the order for one node now. The same state gives the same order, so two monitors agree. */
export function decideRepair(condition: NodeCondition, group: GroupCondition): RepairOrder | NoOrder {
  const { node, incarnation, verdict } = condition;
  const about = group.past.filter((order) => order.node === node && group.now - order.at < repairLimits.forgiveMs);
  const wait = (reason: string): NoOrder => ({ do: 'wait', reason });
  if (verdict === 'healthy') return wait('it is healthy');
  if (verdict === 'partitioned') return wait('a network cannot be repaired by restarting a node');
  if (verdict === 'overloaded') return wait('restarting an overloaded node would lose what it still does');
  if (group.doubtsItself) return wait('this monitor does not trust its own observations now');

  const stopped = verdict === 'crashed' || verdict === 'hung';
  const cures = about.filter((order) => order.do !== 'drain').length;
  const promotedMs = group.now - (about.findLast((order) => order.do === 'promote')?.at ?? -Infinity);
  const lasting = stopped && (group.restartRefused === true || condition.standingMs >= repairLimits.promoteAfterMs);
  const [standby] = group.standbys;
  if (
    standby !== undefined &&
    promotedMs >= repairLimits.promoteAfterMs &&
    (lasting || cures >= repairLimits.triesBeforePromotion)
  )
    return { do: 'promote', node: standby, instead: node };

  if (verdict === 'limping' && group.past.some((order) => order.node !== node && isRecentDrain(order, group.now)))
    return wait('another node was drained a moment ago; many nodes that are slow at once have a common cause');

  const last = about.at(-1);
  const drainedMs = last?.do === 'drain' && last.incarnation === incarnation ? group.now - last.at : undefined;
  if (drainedMs !== undefined && drainedMs < repairLimits.drainMs) return wait('it is draining');
  const gapMs = cures === 0 ? 0 : Math.min(repairLimits.maxGapMs, repairLimits.gapMs * 2 ** (cures - 1));
  if (last && last.do !== 'drain' && group.now - last.at < gapMs)
    return wait(`the last repair has ${gapMs / 1_000} s to take effect`);
  if (group.past.filter((order) => group.now - order.at < repairLimits.burstMs).length >= repairLimits.burst)
    return wait('too many repairs at once');

  if (stopped) return { do: 'restart', node, incarnation };

  const outIfTaken = group.groupSize - group.groupServing + (condition.serving ? 1 : 0);
  const only = group.groupSize === 1;
  if (!only && condition.serving && outIfTaken > tolerated(group.groupSize))
    return wait(`${group.groupSize - group.groupServing} of ${group.groupSize} are out already`);
  if (verdict === 'lying') return { do: 'quarantine', node, incarnation, resynchronise: condition.stateful };
  if (drainedMs !== undefined) return { do: 'restart', node, incarnation };
  return only ? wait('nobody else serves, and slow is better than nothing') : { do: 'drain', node, incarnation };
}
