import { useState } from 'preact/hooks';

interface Orders {
  /** Why the last order failed; undefined while an order is under way, and after an order that succeeded. */
  readonly problem: string | undefined;
  readonly order: (give: () => Promise<void>) => Promise<void>;
}

/** Sends orders to the server. `first`: a problem that is shown until the first order. */
export function useOrder(first?: string): Orders {
  const [problem, setProblem] = useState(first);
  return {
    problem,
    async order(give) {
      setProblem(undefined);
      try {
        await give();
      } catch (error) {
        setProblem((error as Error).message);
      }
    },
  };
}
