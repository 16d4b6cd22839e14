import { compose, type Layer } from '../call.ts';
import type { Mechanism, SettingsOf } from '../mechanisms.ts';
import type { Policy } from '../policy.ts';

/** What depends on a policy, a layer for one: gives itself, or nothing where the policy has it off. */
export type Switchable<P, Built = Layer> = (policy: P) => Built | undefined;

/**
 * A layer, or another part, that can be switched off, on and re-tuned: `read` gives its settings in a policy, or false
 * for "off". It keeps its state while its settings are the same object, and starts afresh with new ones.
 */
export function switchable<Policy, Settings, Built>(
  read: (policy: Policy) => Settings | false,
  build: (settings: Settings) => Built,
): Switchable<Policy, Built> {
  let built: { readonly settings: Settings; readonly part: Built } | undefined;
  return (policy) => {
    const settings = read(policy);
    if (settings === false) return undefined;
    if (built?.settings !== settings) built = { settings, part: build(settings) };
    return built.part;
  };
}

/**
 * The stack of `layers`, outermost first, that follows a policy while calls run: a change takes effect with the next
 * call, calls under way end in the old stack. What is off costs nothing: the stack is only put together again when the
 * policy has changed.
 */
export function following<Policy>(policy: { readonly current: Policy }, layers: readonly Switchable<Policy>[]): Layer {
  return function following(next) {
    let seen: Policy | undefined;
    let service = next;
    return (call) => {
      const { current } = policy;
      if (current !== seen) {
        seen = current;
        service = compose(
          layers.flatMap((layer) => layer(current) ?? []),
          next,
        );
      }
      return service(call);
    };
  };
}

/** What one mechanism adds, nearly always a layer; `build` is given its settings. */
export function mechanism<Name extends Mechanism, Built>(
  name: Name,
  build: (settings: SettingsOf<Name>) => Built,
): Switchable<Policy, Built> {
  // `never`: with every mechanism the union of all settings grows until the compiler gives it up.
  return switchable((policy: Policy): SettingsOf<Name> | false => policy[name] as never, build);
}
