import Type from 'typebox';
import { contract, operation, type Introduction } from '../../shared/rpc/contract.ts';

/**
 * The longest wait of the controller for the answer of a node or a watchdog, ms: long enough for a busy machine, short
 * enough for a person.
 */
export const targetPatienceMs = 3_000;

const FaultInEffect = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  victims: Type.Array(Type.String()),
  remainingMs: Type.Number(),
});

const about: Introduction = {
  component: 'chaos',
  purpose: 'Injects faults within safety rules, and keeps their journal.',
};

/** Operations that any node may call to read. Changes go through the REST API, with the operator token. */
export const chaos = contract(about, {
  active: operation({
    summary: 'The faults in effect',
    priority: 'background',
    request: Type.Object({}),
    response: Type.Object({ active: Type.Array(FaultInEffect) }),
  }),
  journal: operation({
    summary: 'What happened, oldest first',
    priority: 'background',
    request: Type.Object({ count: Type.Integer({ minimum: 1, maximum: 1_000 }) }),
    response: Type.Object({
      entries: Type.Array(
        Type.Object({
          at: Type.Number(),
          event: Type.String(),
          id: Type.String(),
          kind: Type.String(),
          target: Type.String(),
        }),
      ),
    }),
  }),
});
