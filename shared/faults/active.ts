import type { Call, Layer } from '../rpc/call.ts';
import type { Clock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import type { Scheduler, Timer } from '../time/scheduler.ts';
import { draw } from './draw.ts';
import type { Fault, Scope } from './envelope.ts';
import type { BodyShape, Crossing, EdgeVerdict, FaultContext } from './fault.ts';
import type { FaultHost } from './host.ts';
import { kindAndParams } from './kinds.ts';
import { runPlan, type ProcessAction } from './plan.ts';

/** A fault in effect. Its functions count the requests, and return undefined for a request that is not hit. */
export interface ActiveFault {
  readonly fault: Fault;
  readonly matched: number;
  readonly applied: number;
  readonly signal: AbortSignal;
  serve(call: Call): Layer | undefined;
  edge(crossing: Crossing): EdgeVerdict | undefined;
  /** How a reply of `bytes` bytes is sent. */
  body(call: Call, bytes: number): BodyShape | undefined;
  diskMs(key: string): number;
  /** Reverts the count of a request that was hit but not changed. */
  spare(): void;
  stop(): void;
}

interface ActivateOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly host: FaultHost;
  readonly warn: (text: string) => void;
  /** Called when the fault has undone itself completely. */
  readonly onOver: () => void;
}

/** The actions of a watchdog that count as an applied fault; the others prepare or undo one of these. */
const countedActions: ReadonlySet<ProcessAction['do']> = new Set(['kill', 'pause', 'twin']);

/** Puts a checked fault into effect. With probability 0 it puts nothing into effect at all. */
export function activate(fault: Fault, { clock, scheduler, host, warn, onOver }: ActivateOptions): ActiveFault {
  const { kind, params } = kindAndParams(fault.kind, fault.params);
  const beganAt = clock.now();
  const controller = new AbortController();
  const undo: (() => void)[] = [() => controller.abort(new Error('the connection was reset'))];
  let matched = 0;
  let applied = 0;
  const count = () => {
    matched++;
    applied++;
  };
  const hit = (requestId: string): boolean => {
    matched++;
    const struck = draw(fault.seed, fault.id, requestId) < fault.probability;
    if (struck) applied++;
    return struck;
  };
  const context: FaultContext<unknown> = {
    fault,
    params,
    clock,
    scheduler,
    random: seededRandom(`${fault.seed} ${fault.id} ${fault.target}`),
    ageMs: () => clock.now() - beganAt,
    draw: (requestId, purpose) => draw(fault.seed, fault.id, requestId, purpose),
    callerOf: (call) => host.callerOf(call) ?? 'unknown',
    spare: () => void applied--,
    signal: controller.signal,
  };

  const off = fault.probability === 0;
  const layer = off ? undefined : kind.serve?.(context);
  const onEdge = off ? undefined : kind.edge?.(context);
  const onBody = off ? undefined : kind.body?.(context);
  const onDisk = off ? undefined : kind.disk?.(context);
  if (!off && draw(fault.seed, fault.id, fault.target) < fault.probability) startProcessFaults();

  function startProcessFaults(): void {
    const plan = kind.plan?.(params);
    const { process, listener } = host;
    // This fault at this target is one holder of a process state, such as "paused". The state may have other holders.
    const holder = `${fault.id} ${fault.target}`;
    if (plan && process) {
      const running = runPlan(plan, fault.target, {
        scheduler,
        act: (node, action) => process(node, action, holder),
        // Preparing and undoing actions are not counted.
        onAction: ({ do: what }) => void (countedActions.has(what) && count()),
        onRestored: onOver,
        onError: (action, error) => warn(`${action.do} of ${fault.target} failed: ${String(error)}`),
      });
      undo.push(() => void running.stop());
    }
    if (kind.refuse && listener) {
      listener.close(holder);
      count();
      undo.push(() => listener.open(holder));
    }
    const skew = kind.skew?.(params);
    if (skew && host.clock) {
      undo.push(host.clock.skew(skew));
      count();
    }
    const burn = kind.burn?.(params);
    if (burn && host.burn) undo.push(burnInTurns(burn, host.burn));
  }

  function burnInTurns(
    { busyMs, periodMs }: { busyMs: number; periodMs: number },
    occupy: (busyMs: number) => void,
  ): () => void {
    let timer: Timer | undefined;
    const turn = () => {
      count();
      occupy(busyMs);
      timer = scheduler.after(periodMs - busyMs, turn);
    };
    timer = scheduler.after(0, turn);
    return () => timer?.cancel();
  }

  return {
    fault,
    get matched() {
      return matched;
    },
    get applied() {
      return applied;
    },
    signal: controller.signal,
    serve: (call) =>
      layer && inScope(fault.scope, about(call), host.callerOf(call)) && hit(call.requestId) ? layer : undefined,
    edge(crossing) {
      if (!onEdge || !inScope(fault.scope, crossing, crossing.from)) return undefined;
      const verdict = onEdge(crossing);
      if (verdict.do === 'pass' || !hit(crossing.requestId)) return undefined;
      return verdict;
    },
    body(call, bytes) {
      if (!onBody || !inScope(fault.scope, about(call), host.callerOf(call)) || !hit(call.requestId)) return undefined;
      const shape = onBody(call);
      if (changes(shape, bytes)) return shape;
      // The fault does not change a reply that is smaller than one piece.
      applied--;
      return undefined;
    },
    diskMs(key) {
      const extraMs = onDisk && hit(key) ? onDisk(key) : undefined;
      if (extraMs === 0) applied--;
      return extraMs ?? 0;
    },
    spare: () => void applied--,
    stop() {
      for (const step of undo.splice(0).reverse()) step();
    },
  };
}

/** Whether the fault changes how a reply of `bytes` bytes is sent. */
function changes({ chunkBytes, pauseMs, resetAfterBytes }: BodyShape, bytes: number): boolean {
  return (resetAfterBytes !== undefined && resetAfterBytes < bytes) || (pauseMs > 0 && chunkBytes < bytes);
}

/** Whether the fault's scope includes the call. Network faults check the direction themselves. */
function inScope(scope: Scope, { component, operation }: Subject, caller: string | undefined): boolean {
  if (scope.caller !== undefined && scope.caller !== caller) return false;
  if (scope.operation === undefined) return true;
  return scope.operation === operation || scope.operation === `${component}.${operation}`;
}

type Subject = Pick<Crossing, 'component' | 'operation'>;

const about = ({ component, operation }: Call): Subject => ({ component, operation: operation.name });
