import Type from 'typebox';
import { orderRoute, type ControlRoute } from '../control/server.ts';
import { checked } from './checked-schema.ts';
import { PlainName } from './envelope.ts';
import type { FaultRegistry } from './registry.ts';

const Renewal = Type.Object(
  {
    owner: PlainName,
    /** The faults that the owner still wants; absent = all of its faults here. */
    faults: Type.Optional(Type.Array(Type.Object({ id: PlainName, target: Type.String() }), { maxItems: 10_000 })),
  },
  { additionalProperties: false },
);

/** The faults of a node or a watchdog on its control port, for the operator. `more`: shown beside the list. */
export function faultRoutes(registry: FaultRegistry, more: () => object = () => ({})): ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/admin/faults',
      access: 'operator',
      handle: () => ({ enabled: true, active: registry.list(), ended: registry.history(), ...more() }),
    },
    orderRoute('/admin/faults', (_parameters, body) => registry.inject(body)),
    orderRoute('/admin/faults/renew', (_parameters, body) => {
      const { owner, faults } = checked(Renewal, body ?? {}, 'renewal');
      return registry.renew(owner, faults);
    }),
    {
      method: 'DELETE',
      path: '/admin/faults/:id',
      access: 'operator',
      handle: ({ id }) => ({ healed: registry.heal(id!) }),
    },
    orderRoute('/admin/halt', () => ({ healed: registry.healAll('halt') })),
  ];
}
