import { RpcError } from '../../shared/rpc/errors.ts';
import { parseExperiment, planExperiment, type Experiment, type Injection } from './experiment.ts';
import type { ExperimentReport } from './run.ts';
import type { Target } from './select.ts';

export type ExperimentRun =
  | { readonly state: 'running'; readonly experiment: string }
  | { readonly state: 'done'; readonly experiment: string; readonly report: ExperimentReport }
  | { readonly state: 'failed'; readonly experiment: string; readonly reason: string };

/** The plan of an experiment, and the objections to starting it now. */
export interface DryRun {
  readonly plan: readonly Injection[];
  readonly objections: readonly string[];
}

interface ExperimentsOptions {
  readonly nodes: readonly Target[];
  /** The objections to one injection now, as sentences. */
  readonly objectionsTo: (injection: Injection) => readonly string[];
  readonly execute: (it: Experiment, signal: AbortSignal) => Promise<ExperimentReport>;
}

/** Runs one experiment at a time, and keeps the results of the last ones. */
export function createExperiments({ nodes, objectionsTo, execute }: ExperimentsOptions) {
  const runs = new Map<string, ExperimentRun>();
  const controller = new AbortController();
  let current: Promise<void> | undefined;

  function weigh(experiment: Experiment): DryRun {
    const plan = planExperiment(experiment, nodes);
    const busy = current ? [`${[...runs.keys()].at(-1)} is still running: one experiment at a time`] : [];
    return { plan, objections: [...new Set([...busy, ...plan.flatMap(objectionsTo)])] };
  }

  return {
    /** Changes nothing. Throws `bad_request` for an invalid experiment. */
    dryRun: (text: string): DryRun => weigh(parseExperiment(text)),
    /**
     * Throws `bad_request` for an invalid experiment, and `conflict` with all objections. It throws at once, not when
     * the first fault is due.
     */
    start(text: string): ExperimentRun {
      const experiment = parseExperiment(text);
      const { objections } = weigh(experiment);
      if (objections.length > 0) throw new RpcError('conflict', objections.join('; '));
      const { name } = experiment;
      const running: ExperimentRun = { state: 'running', experiment: name };
      runs.delete(name);
      runs.set(name, running);
      current = execute(experiment, controller.signal)
        .then(
          (report) => void runs.set(name, { state: 'done', experiment: name, report }),
          (error: unknown) =>
            void runs.set(name, { state: 'failed', experiment: name, reason: (error as Error).message }),
        )
        .finally(() => (current = undefined));
      return running;
    },
    get: (name: string): ExperimentRun | undefined => runs.get(name),
    list: (): readonly ExperimentRun[] => [...runs.values()],
    async stop(): Promise<void> {
      controller.abort(new RpcError('cancelled', 'the node stops'));
      await current;
    },
  };
}
export type Experiments = ReturnType<typeof createExperiments>;
