import type { Clock } from '../../time/clock.ts';
import { seededRandom } from '../../time/random.ts';
import type { Network } from '../../time/sim/network.ts';
import type { Call, Reply, Service } from '../call.ts';
import { asRpcError, RpcError } from '../errors.ts';
import { abortError } from '../layers/deadlines/within.ts';
import { childSpan } from '../trace-context.ts';

/**
 * The simulated counterpart of HTTP between processes: the same calls and the same errors, over a virtual network.
 *
 *   transport(from)(call) --request--> network --> the server stack of call.endpoint.node
 *                         <---reply--- network <--
 *                         --cancel---> when call.signal aborts, as a closed connection would
 */
export interface SimHosts {
  /** Starts or replaces a node: `serve` is its server stack. */
  host(node: string, serve: Service): void;
  /** Fail-stop: the node's work is lost, its callers see broken connections, and new connections are refused. */
  kill(node: string): void;
  /** SIGSTOP: the kernel still accepts connections, but no call is answered until `resume`. */
  hang(node: string): void;
  resume(node: string): void;
  /** The client side for calls from `node`. */
  transport(node: string): Service;
  /** Requests that a server has begun and not yet answered. */
  readonly underWay: number;
}

interface Process {
  readonly serve: Service;
  /** Ends all work of the process. */
  readonly crash: Set<(error: RpcError) => void>;
  /** The messages that arrived while the process hangs; undefined while it runs. */
  frozen: (() => void)[] | undefined;
}

export function createSimHosts({ clock, network }: { clock: Clock; network: Network }): SimHosts {
  const processes = new Map<string, Process>();
  let underWay = 0;
  /** Separate from the randomness of the simulation, because tracing must not change what happens. */
  const spanIds = seededRandom('span ids');

  /** Runs `work` when the process is running; never after the process has gone. */
  function whenRunning(node: string, process: Process, work: () => void): void {
    if (processes.get(node) !== process) return;
    if (process.frozen) process.frozen.push(() => whenRunning(node, process, work));
    else work();
  }

  function receive(
    node: string,
    process: Process,
    call: Call,
    remainingMs: number,
    from: string,
    gone: AbortController,
    answer: Answer,
  ): void {
    whenRunning(node, process, () => {
      underWay++;
      const end = (send: () => void) => {
        underWay--;
        process.crash.delete(lose);
        send();
      };
      let over = false;
      const lose = (error: RpcError) => {
        if (over) return;
        over = true;
        gone.abort(error);
        end(() => network.send(node, from, () => answer(error)));
      };
      process.crash.add(lose);
      const reply = (result: Reply | RpcError) =>
        whenRunning(node, process, () => {
          if (over) return;
          over = true;
          end(() => network.send(node, from, () => answer(result)));
        });
      const inbound: Call = {
        component: call.component,
        operation: call.operation,
        request: call.request,
        shard: call.shard,
        requestId: call.requestId,
        trace: call.trace.sampled ? childSpan(call.trace, spanIds) : call.trace,
        deadlineAt: clock.now() + remainingMs,
        signal: gone.signal,
        attempt: call.attempt,
        priority: call.priority,
        idempotencyKey: call.idempotencyKey,
        caller: from,
        nonce: call.nonce,
      };
      process.serve(inbound).then(reply, (thrown: unknown) => reply(named(asRpcError(thrown), node)));
    });
  }

  return {
    host: (node, serve) => void processes.set(node, { serve, crash: new Set(), frozen: undefined }),
    kill(node) {
      const process = processes.get(node);
      processes.delete(node);
      if (!process) return;
      for (const lose of process.crash)
        lose(new RpcError('connection_lost', `the connection to ${node} broke`, { node }));
    },
    hang(node) {
      const process = processes.get(node);
      if (process) process.frozen ??= [];
    },
    resume(node) {
      const process = processes.get(node);
      const waiting = process?.frozen ?? [];
      if (process) process.frozen = undefined;
      for (const work of waiting) work();
    },
    transport: (from) => (call) =>
      new Promise((resolve, reject) => {
        if (call.signal.aborted) return reject(abortError(call.signal));
        const to = call.endpoint!.node;
        const gone = new AbortController();
        let over = false;
        const answer: Answer = (result) => {
          if (over) return;
          over = true;
          call.signal.removeEventListener('abort', onAbort);
          if (result instanceof RpcError) reject(result);
          else resolve(result);
        };
        const onAbort = () => {
          const reason = abortError(call.signal);
          network.send(from, to, () => gone.abort(reason));
          answer(reason);
        };
        call.signal.addEventListener('abort', onAbort);
        const remainingMs = call.deadlineAt - clock.now();
        network.send(from, to, () => {
          const process = processes.get(to);
          if (process) return receive(to, process, call, remainingMs, from, gone, answer);
          network.send(to, from, () => answer(new RpcError('unreachable', `no connection to ${to}`, { node: to })));
        });
      }),
    get underWay() {
      return underWay;
    },
  };
}

type Answer = (result: Reply | RpcError) => void;

/** As over HTTP: an error that names no node is the error of the answering node. */
const named = (error: RpcError, node: string): RpcError => error.with({ node: error.node ?? node, relayed: true });
