import type { Layer } from '../call.ts';

/**
 * A layer that can be switched off, on and re-tuned while it runs: `read` gives its settings, or false for "off". A change takes effect
 * with the next call, and starts the layer afresh; calls under way end under the old settings.
 */
export function switchable<Settings>(read: () => Settings | false, build: (settings: Settings) => Layer): Layer {
  return function switchable(next) {
    let settings: Settings | false = false;
    let service = next;
    return (call) => {
      const wanted = read();
      if (wanted !== settings) {
        settings = wanted;
        service = wanted === false ? next : build(wanted)(next);
      }
      return service(call);
    };
  };
}
