import type { Verdict } from '../../shared/membership/verdict.ts';
import type { OrderResult } from './incident.ts';
import type { PastOrder } from './repair-policy.ts';
import type { Clock } from '../../shared/time/clock.ts';
import type { OrderDigest } from './contract.ts';
import { settings } from './settings.ts';

/** A repair order of any monitor. `at`: monotonic ms of this monitor. */
export interface KnownOrder extends PastOrder {
  readonly id: string;
  readonly by: string;
  /** The verdict that it repairs. */
  readonly verdict: Verdict;
  /** Absent while it is being carried out. */
  readonly result?: OrderResult | undefined;
}

/** The orders of the last minutes. Monitors send them to each other, so that all count the same orders. */
export interface OrderLog {
  readonly add: (order: KnownOrder) => void;
  readonly ended: (id: string, result: OrderResult) => void;
  readonly past: () => readonly KnownOrder[];
  readonly digests: () => readonly OrderDigest[];
  /**
   * Adds an order that another monitor reports. `fresh`: it was unknown here. `effective`: it was carried out.
   */
  readonly learn: (digests: readonly OrderDigest[]) => {
    readonly fresh: readonly KnownOrder[];
    readonly effective: readonly KnownOrder[];
  };
  /**
   * The order that took that process down, or is taking it down. Undefined when the process has had time to come back.
   */
  readonly takingDown: (node: string, aboutIncarnation: number | undefined) => KnownOrder | undefined;
}

/** Older orders have no effect on any decision. */
const rememberedMs = 300_000;
const maxOrders = 100;

export function createOrderLog(clock: Clock): OrderLog {
  const known = new Map<string, KnownOrder>();

  function past(): readonly KnownOrder[] {
    for (const { id, at } of known.values())
      if (clock.now() - at >= rememberedMs || known.size > maxOrders) known.delete(id);
    return [...known.values()];
  }

  return {
    add: (order) => void known.set(order.id, order),
    ended(id, result) {
      const order = known.get(id);
      if (order) known.set(id, { ...order, result });
    },
    past,
    digests: () => past().map(({ at, ...order }) => ({ ...order, agoMs: Math.max(0, clock.now() - at) })),
    learn(digests) {
      const fresh: KnownOrder[] = [];
      const effective: KnownOrder[] = [];
      for (const { agoMs, ...order } of digests) {
        if (agoMs >= rememberedMs) continue;
        const before = known.get(order.id);
        // If this monitor gave an equal order itself, it learns the result from the watchdog.
        if (before && (before.result !== undefined || before.by !== order.by)) continue;
        const news = { ...order, at: before?.at ?? clock.now() - agoMs };
        known.set(order.id, news);
        if (!before) fresh.push(news);
        // A monitor that got the answer `already` did not do it.
        if (news.result === 'done') effective.push(news);
      }
      return { fresh, effective };
    },
    takingDown(node, aboutIncarnation) {
      const takesDown = (it: KnownOrder) => it.do === 'restart' || it.do === 'quarantine';
      const counts = (it: KnownOrder) => it.result === undefined || tookEffect(it);
      return past().find(
        (it) =>
          it.node === node &&
          it.incarnation === aboutIncarnation &&
          takesDown(it) &&
          counts(it) &&
          clock.now() - it.at < settings.repairMs,
      );
    },
  };
}

const tookEffect = ({ result }: KnownOrder): boolean => result === 'done' || result === 'already';
