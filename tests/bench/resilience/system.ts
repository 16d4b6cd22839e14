import { allReady, benchPortBase, nodes, postControl, setPolicy, type NodeRow } from '../cluster/cluster.ts';

/** The default topology. */
export const nodeCount = 21;
export const clientUrl = `http://127.0.0.1:${benchPortBase + 1_080}`;

const renewMs = 1_000;
const owner = 'bench';

/** A running cluster, and the operator's actions on it: policies, faults, processes, counters. */
export async function createSystem(dataDir: string, count: number) {
  const all = await allReady(count);
  const post = postControl(dataDir);

  return {
    nodes: all,
    hosting: (component: string): readonly NodeRow[] => all.filter(({ components }) => components.includes(component)),
    /** Sets a policy. It also resets what the mechanisms have learnt, so that no row affects the next. */
    async policy(wanted: unknown): Promise<void> {
      for (const each of ['naive', wanted]) await setPolicy(dataDir, each);
    },
    order: (node: string, action: 'kill' | 'pause' | 'resume') => post(benchPortBase, `/nodes/${node}/${action}`),
    /** Injects a fault at nodes and keeps it alive. The returned function ends it. */
    async inject(
      targets: readonly NodeRow[],
      fault: { kind: string; scope?: object; params?: object },
    ): Promise<() => Promise<void>> {
      const id = `bench-${fault.kind}`;
      const at = { id, owner, ttlMs: 60_000, ...fault };
      await Promise.all(targets.map(({ id: target, opsPort }) => post(opsPort, '/admin/faults', { ...at, target })));
      const renewal = setInterval(() => {
        for (const { opsPort } of targets) post(opsPort, '/admin/faults/renew', { owner }).catch(() => undefined);
      }, renewMs);
      return async () => {
        clearInterval(renewal);
        await Promise.all(targets.map(({ opsPort }) => post(opsPort, '/admin/halt').catch(() => undefined)));
      };
    },
    /** Waits until every process runs and reports that it is ready. */
    async whole(): Promise<void> {
      await allReady(count);
      for (;;) {
        const ready = await Promise.all(
          (await nodes()).map(({ opsPort }) =>
            fetch(`http://127.0.0.1:${opsPort}/ready`).then(
              ({ ok }) => ok,
              () => false,
            ),
          ),
        );
        if (ready.every(Boolean)) return;
      }
    },
  };
}

export type System = Awaited<ReturnType<typeof createSystem>>;
