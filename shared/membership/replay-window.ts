/** A datagram may be this far behind the newest one (RFC 4303, section 3.4.3). */
const windowSize = 64;

/** How many processes of one node are remembered: the running one, earlier ones, and a twin (same identity). */
const maxProcesses = 4;

interface Known {
  readonly incarnation: number;
  newest: number;
  readonly seen: Set<number>;
}

/**
 * Tells whether a datagram of a node arrives for the first time. A recorded datagram that is sent again is refused. Two
 * processes with one identity count their datagrams separately, and both are accepted.
 */
export function createReplayWindow() {
  const nodes = new Map<string, Map<string, Known>>();

  return {
    isFirst(node: string, process: string, incarnation: number, number: number): boolean {
      let processes = nodes.get(node);
      if (!processes) nodes.set(node, (processes = new Map()));
      let known = processes.get(process);
      if (!known) {
        const oldest = processes.values().next().value;
        if (oldest && processes.size >= maxProcesses) {
          // This process is not newer than the oldest remembered one. So it may be a forgotten process, whose datagram
          // was accepted before.
          if (incarnation <= oldest.incarnation) return false;
          processes.delete(processes.keys().next().value!);
        }
        processes.set(process, (known = { incarnation, newest: -1, seen: new Set() }));
      }
      if (number <= known.newest - windowSize || known.seen.has(number)) return false;
      known.seen.add(number);
      known.newest = Math.max(known.newest, number);
      for (const old of known.seen) if (old <= known.newest - windowSize) known.seen.delete(old);
      return true;
    },
  };
}
