import Type from 'typebox';
import type { ControlRoute } from '../cluster/control-server.ts';
import { checked } from './check.ts';
import { FaultName } from './envelope.ts';
import type { FaultRegistry } from './registry.ts';

const Renewal = Type.Object({ owner: FaultName }, { additionalProperties: false });

/**
 * The faults of a node or a watchdog on its control port, for the operator. `more`: shown beside the list.
 */
export function faultRoutes(registry: FaultRegistry, more: () => object = () => ({})): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/admin/faults',
      access: 'operator',
      handle: () => ({ enabled: true, active: registry.list(), ended: registry.history(), ...more() }),
    },
    { method: 'POST', path: '/admin/faults', access: 'operator', handle: (_parameters, body) => registry.inject(body) },
    {
      method: 'POST',
      path: '/admin/faults/renew',
      access: 'operator',
      handle(_parameters, body) {
        const { owner } = checked(Renewal, body ?? {}, 'renewal');
        return registry.renew(owner);
      },
    },
    { method: 'DELETE', path: '/admin/faults/:id', access: 'operator', handle: ({ id }) => ({ healed: registry.heal(id!) }) },
    { method: 'POST', path: '/admin/halt', access: 'operator', handle: () => ({ healed: registry.healAll('halt') }) },
  ];
}
