/** So far behind the newest may a datagram arrive (RFC 4303, section 3.4.3). */
const windowSize = 64;

/** Processes of one node that are remembered: the one that runs, those before it, a twin. */
const maxProcesses = 4;

interface Known {
  readonly incarnation: number;
  newest: number;
  readonly seen: Set<number>;
}

/**
 * Of each node: whether a datagram arrives for the first time. Whoever records datagrams and sends them again is not heard. Two processes
 * with one identity number theirs apart, and both are.
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
          // It may be one that was forgotten.
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
