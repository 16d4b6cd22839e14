import type { ProcessAction, ProcessPort } from './plan.ts';

/** A ProcessPort that also gets the id of the fault. */
export type HeldProcessPort = (node: string, action: ProcessAction, fault: string) => Promise<void>;

/** States of a process that last until they are undone. */
const undoes: Partial<Record<ProcessAction['do'], ProcessAction['do']>> = {
  resume: 'pause',
  release: 'hold',
  untwin: 'twin',
};
const lasting: ReadonlySet<string> = new Set(Object.values(undoes));

/**
 * Two faults may want the same lasting state of a process at once, such as two hangs. The state then ends with the last
 * of them: an undo is carried out only when no other fault holds the state.
 */
export function countHolds(act: ProcessPort): HeldProcessPort {
  const holders = new Map<string, Set<string>>();
  const holdersOf = (node: string, state: string): Set<string> =>
    holders.getOrInsertComputed(`${node} ${state}`, () => new Set());
  return async (node, action, fault) => {
    const ended = undoes[action.do];
    if (ended !== undefined) {
      const left = holdersOf(node, ended);
      left.delete(fault);
      if (left.size > 0) return;
    } else if (lasting.has(action.do)) holdersOf(node, action.do).add(fault);
    await act(node, action);
  };
}

/** A listener that is closed while at least one fault wants it closed. */
export interface HeldListener {
  close(fault: string): void;
  open(fault: string): void;
}

export function countClosings(listener: { close(): void; open(): void }): HeldListener {
  const closers = new Set<string>();
  return {
    close(fault) {
      closers.add(fault);
      listener.close();
    },
    open(fault) {
      closers.delete(fault);
      if (closers.size === 0) listener.open();
    },
  };
}
