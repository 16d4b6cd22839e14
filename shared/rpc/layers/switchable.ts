import { compose, type Layer } from '../call.ts';
import type { Mechanism, SettingsOf } from '../mechanisms.ts';
import type { Policy } from '../policy.ts';

/** Something that depends on a policy, such as a layer. Returns undefined where the policy has it off. */
export type Switchable<P, Built = Layer> = (policy: P) => Built | undefined;

/**
 * A layer or another part that can be switched off, switched on, and tuned while calls run. `read` returns its settings
 * in a policy, or false for "off". The part keeps its state while its settings are the same object; new settings start
 * it afresh.
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
 * A stack of `layers`, outermost first, that follows a policy while calls run. A change takes effect with the next
 * call; calls under way finish in the old stack. The stack is rebuilt only when the policy changes, so a mechanism that
 * is off costs nothing.
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

/** The part that one mechanism adds, usually a layer. `build` gets its settings. */
export function mechanism<Name extends Mechanism, Built>(
  name: Name,
  build: (settings: SettingsOf<Name>) => Built,
): Switchable<Policy, Built> {
  // `never`: the union of the settings of all mechanisms is too large for the compiler.
  return switchable((policy: Policy): SettingsOf<Name> | false => policy[name] as never, build);
}
