import type { Call, Reply, Service } from '../call.ts';

/**
 * The transport between components of one node: a function call. Nothing is serialised; the call still passes the
 * server layers of the node, so that its metrics and limits include the call.
 */
export function localTransport(serve: Service): (call: Call) => Promise<Reply> {
  return function local(call) {
    return serve(call);
  };
}
