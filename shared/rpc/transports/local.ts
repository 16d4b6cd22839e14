import type { Call, Reply, Service } from '../call.ts';

/**
 * The transport between components of one node: a function call. Nothing is serialised; the callee still goes through
 * the node's own server side, so that its metrics and limits see the call.
 */
export function localTransport(serve: Service): (call: Call) => Promise<Reply> {
  return function local(call) {
    return serve(call);
  };
}
