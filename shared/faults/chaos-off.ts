import { orderRoute, type ControlRoute } from '../control/server.ts';
import { RpcError } from '../rpc/errors.ts';

/** The message of every refusal where chaos is off. */
export const chaosIsOff =
  'chaos is off: only a cluster that was started with "npm start -- --chaos" accepts faults ' +
  '(in containers: with TIERLAB_CHAOS=1)';

/** `/admin/faults` where chaos is off: no fault can be injected or healed, and the code for faults is not loaded. */
export const chaosOffRoutes: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/admin/faults',
    access: 'operator',
    handle: () => ({ enabled: false, active: [], ended: [] }),
  },
  orderRoute('/admin/faults', () => {
    throw new RpcError('forbidden', chaosIsOff);
  }),
  orderRoute('/admin/faults/renew', () => ({ renewed: 0 })),
  { method: 'DELETE', path: '/admin/faults/:id', access: 'operator', handle: () => ({ healed: false }) },
  orderRoute('/admin/halt', () => ({ healed: 0 })),
];
