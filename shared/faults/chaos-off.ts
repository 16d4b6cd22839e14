import type { ControlRoute } from '../control/server.ts';
import { RpcError } from '../rpc/errors.ts';

/** Safety rule 7 of the chaos interface, in the words of whoever refuses. */
export const chaosIsOff =
  'chaos is off: faults are taken only by a cluster that was started with "npm start -- --chaos", in containers with TIERLAB_CHAOS=1';

/**
 * `/admin/faults` where chaos is off: nothing can be injected, so there is nothing to heal, and none of the machinery
 * is loaded.
 */
export const chaosOffRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/admin/faults',
    access: 'operator',
    handle: () => ({ enabled: false, active: [], ended: [] }),
  },
  {
    method: 'POST',
    path: '/admin/faults',
    access: 'operator',
    handle() {
      throw new RpcError('forbidden', chaosIsOff);
    },
  },
  { method: 'POST', path: '/admin/faults/renew', access: 'operator', handle: () => ({ renewed: 0 }) },
  { method: 'DELETE', path: '/admin/faults/:id', access: 'operator', handle: () => ({ healed: false }) },
  { method: 'POST', path: '/admin/halt', access: 'operator', handle: () => ({ healed: 0 }) },
];
