import type { Random } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { constant, type Distribution } from './distribution.ts';

/** The properties of one directed link. */
export interface NetworkLink {
  readonly latency: Distribution;
  /** The share of the messages that are lost. */
  readonly drop: number;
  /** The share of the messages that arrive twice. */
  readonly duplicate: number;
}

/**
 * A virtual network: one-way messages between named nodes, each with its own latency, so messages may overtake each
 * other. No message arrives synchronously.
 */
export interface Network {
  send(from: string, to: string, deliver: () => void): void;
  /**
   * Overrides the default link; `'*'` stands for every node. The most specific match counts: from+to, then from, then
   * to.
   */
  setLink(from: string, to: string, link: Partial<NetworkLink>): void;
  /** Nodes of different groups cannot reach each other; nodes in no group reach every node. */
  partition(groups: readonly (readonly string[])[]): void;
  /** Messages from `from` to `to` are lost; the other direction works. */
  block(from: string, to: string): void;
  /** Ends partitions and blocks. */
  heal(): void;
}

export interface NetworkOptions {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly link?: Partial<NetworkLink>;
}

/** About half of the round trip in a LAN. */
const defaultLink: NetworkLink = { latency: constant(0.25), drop: 0, duplicate: 0 };

export function createNetwork({ scheduler, random, link = {} }: NetworkOptions): Network {
  const fallback: NetworkLink = { ...defaultLink, ...link };
  const links = new Map<string, NetworkLink>();
  const groupOf = new Map<string, number>();
  const blocked = new Set<string>();

  const edge = (from: string, to: string) => `${from}>${to}`;

  function linkOf(from: string, to: string): NetworkLink {
    if (links.size === 0) return fallback;
    return links.get(edge(from, to)) ?? links.get(edge(from, '*')) ?? links.get(edge('*', to)) ?? fallback;
  }

  function reaches(from: string, to: string): boolean {
    if (blocked.size > 0 && blocked.has(edge(from, to))) return false;
    if (groupOf.size === 0) return true;
    const [a, b] = [groupOf.get(from), groupOf.get(to)];
    return a === undefined || b === undefined || a === b;
  }

  return {
    send(from, to, deliver) {
      const { latency, drop, duplicate } = linkOf(from, to);
      if (!reaches(from, to) || (drop > 0 && random.next() < drop)) return;
      scheduler.after(latency(random), deliver);
      if (duplicate > 0 && random.next() < duplicate) scheduler.after(latency(random), deliver);
    },
    setLink: (from, to, own) => void links.set(edge(from, to), { ...fallback, ...own }),
    partition(groups) {
      groupOf.clear();
      groups.forEach((nodes, group) => nodes.forEach((node) => groupOf.set(node, group)));
    },
    block: (from, to) => void blocked.add(edge(from, to)),
    heal() {
      groupOf.clear();
      blocked.clear();
    },
  };
}
