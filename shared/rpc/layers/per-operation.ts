import Type, { type TSchema } from 'typebox';
import type { Call } from '../call.ts';

/** Settings by operation: `{ "ranking.rank": { ... } }`. Operations that are not named do without the mechanism. */
export function perOperation<S extends TSchema>(settings: S) {
  return Type.Record(Type.String({ pattern: '^[a-z]+\\.[a-zA-Z]+$' }), settings, {
    default: {},
    additionalProperties: false,
  });
}

/**
 * Looks up settings by call, without building a key for each. A batch gets the settings of the operation that it
 * carries.
 */
export function createLookup<S>(byOperation: Readonly<Record<string, S>>): (call: Call) => S | undefined {
  const components = new Map<string, Map<string, S>>();
  for (const [key, settings] of Object.entries(byOperation)) {
    const [component, operation] = key.split('.') as [string, string];
    const operations = components.get(component) ?? new Map<string, S>();
    components.set(component, operations.set(operation, settings));
  }
  return ({ component, operation }) => {
    const operations = components.get(component);
    return (
      operations &&
      (operations.get(operation.name) ??
        (operation.batchOf === undefined ? undefined : operations.get(operation.batchOf)))
    );
  };
}
