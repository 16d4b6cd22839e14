import { chaosIsOff } from '../../shared/faults/chaos-off.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { parseExperiment, planExperiment, type Experiment, type Injection } from './experiment.ts';
import type { Report } from './run.ts';
import type { Target } from './select.ts';

export type Run =
  | { readonly state: 'running'; readonly experiment: string }
  | { readonly state: 'done'; readonly experiment: string; readonly report: Report }
  | { readonly state: 'failed'; readonly experiment: string; readonly reason: string };

interface ExperimentsOptions {
  /** The cluster was started with chaos enabled. */
  readonly enabled: boolean;
  readonly nodes: readonly Target[];
  readonly execute: (it: Experiment, signal: AbortSignal) => Promise<Report>;
}

/** Runs one experiment at a time, and remembers how the last ones ended. */
export function createExperiments({ enabled, nodes, execute }: ExperimentsOptions) {
  const runs = new Map<string, Run>();
  const controller = new AbortController();
  let current: Promise<void> | undefined;

  return {
    plan: (text: string): readonly Injection[] => planExperiment(parseExperiment(text), nodes),
    /** Throws `bad_request` for what is not valid, `conflict` where chaos is off and while another one runs. */
    start(text: string): Run {
      const experiment = parseExperiment(text);
      planExperiment(experiment, nodes);
      if (!enabled) throw new RpcError('conflict', chaosIsOff);
      const { name } = experiment;
      if (current) throw new RpcError('conflict', `${[...runs.keys()].at(-1)} is still running: one experiment at a time`);
      const running: Run = { state: 'running', experiment: name };
      runs.delete(name);
      runs.set(name, running);
      current = execute(experiment, controller.signal)
        .then(
          (report) => void runs.set(name, { state: 'done', experiment: name, report }),
          (error: unknown) => void runs.set(name, { state: 'failed', experiment: name, reason: (error as Error).message }),
        )
        .finally(() => (current = undefined));
      return running;
    },
    get: (name: string): Run | undefined => runs.get(name),
    list: (): readonly Run[] => [...runs.values()],
    async stop(): Promise<void> {
      controller.abort(new RpcError('cancelled', 'the node stops'));
      await current;
    },
  };
}
export type Experiments = ReturnType<typeof createExperiments>;
