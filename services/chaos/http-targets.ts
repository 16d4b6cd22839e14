import type { Topology } from '../../shared/cluster/topology.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import type { Renewal } from '../../shared/faults/registry.ts';
import { controlPortOf, controlPorts, type ControlPort } from './control-port.ts';
import type { LostFault, Targets } from './controller.ts';

interface Held {
  readonly id: string;
  readonly target: string;
  readonly port: ControlPort;
}

const keyOf = (id: string, target: string): string => `${id} ${target}`;

const isSame = (a: { id: string; target: string }, b: { id: string; target: string }): boolean =>
  a.id === b.id && a.target === b.target;

/** An order over the control network, with the operator's token; throws as `order` does. */
export type Send = (port: ControlPort, method: 'POST' | 'DELETE', path: string, body?: unknown) => Promise<unknown>;

/** The targets of a live cluster, reached over ops ports and watchdogs, which injected network faults never affect. */
export function httpTargets(topology: Topology, send: Send): Targets {
  /**
   * The faults whose leases are renewed, with their ports. If a port is gone, its faults stay in this map until they
   * are healed: renewing them costs little.
   */
  const holding = new Map<string, Held>();

  return {
    async inject(site, fault) {
      const { id, target } = fault;
      const port = controlPortOf(topology, site, target);
      await send(port, 'POST', '/admin/faults', fault);
      holding.set(keyOf(id, target), { id, target, port });
    },
    async heal(site, target, id) {
      holding.delete(keyOf(id, target));
      try {
        await send(controlPortOf(topology, site, target), 'DELETE', `/admin/faults/${id}`);
      } catch (error) {
        // The lease of a target that does not answer ends soon.
        if (!(error instanceof RpcError) || error.code !== 'unavailable') throw error;
      }
    },
    async renew(owner) {
      const asked = [...holding.values()];
      const ports = [...new Map(asked.map(({ port }) => [port.url, port])).values()];
      const answers = await Promise.allSettled(
        ports.map(async (port) => {
          const faults = asked.filter((it) => it.port.url === port.url).map(({ id, target }) => ({ id, target }));
          return { port, ...((await send(port, 'POST', '/admin/faults/renew', { owner, faults })) as Renewal) };
        }),
      );
      return answers.flatMap((answer) => {
        if (answer.status === 'rejected') return [];
        const { port, held, ended } = answer.value;
        const missing = asked.filter((it) => it.port.url === port.url && !held.some((fault) => isSame(fault, it)));
        return missing.map(({ id, target }): LostFault => {
          holding.delete(keyOf(id, target));
          // If the process does not know the fault, it was started after the injection.
          return { id, target, end: ended.findLast((fault) => isSame(fault, { id, target }))?.end ?? 'restart' };
        });
      });
    },
    async halt() {
      holding.clear();
      await Promise.allSettled(controlPorts(topology).map((port) => send(port, 'POST', '/admin/halt')));
    },
  };
}
