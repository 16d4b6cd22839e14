import type { Topology } from '../../shared/cluster/topology.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { controlPortOf, controlPorts, haltAll, order, type ControlPort } from './control-port.ts';
import type { Targets } from './controller.ts';

/** Targets as they are reached on a live cluster: over ops ports and watchdogs, which no fault touches. */
export function httpTargets(topology: Topology, token: string | undefined): Targets {
  /** Whom the leases are renewed at. One that is gone is told in vain, at little cost; healing takes it out. */
  const holding = new Map<string, ControlPort>();

  return {
    async inject(site, fault) {
      const port = controlPortOf(topology, site, fault.target);
      holding.set(`${fault.id} ${fault.target}`, port);
      await order(port, token, 'POST', '/admin/faults', fault);
    },
    async heal(site, target, id) {
      holding.delete(`${id} ${target}`);
      try {
        await order(controlPortOf(topology, site, target), token, 'DELETE', `/admin/faults/${id}`);
      } catch (error) {
        // Whatever does not answer holds no lease for long.
        if (!(error instanceof RpcError) || error.code !== 'unavailable') throw error;
      }
    },
    async renew(owner) {
      const ports = new Map([...holding.values()].map((port) => [port.url, port]));
      await Promise.allSettled([...ports.values()].map((port) => order(port, token, 'POST', '/admin/faults/renew', { owner })));
    },
    async halt() {
      holding.clear();
      await haltAll(controlPorts(topology), token);
    },
  };
}
