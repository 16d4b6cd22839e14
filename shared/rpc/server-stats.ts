import type { Counter, HistogramSeries, Metrics } from '../observe/metrics.ts';
import type { Clock } from '../time/clock.ts';
import type { Call, Layer } from './call.ts';
import type { Contract, Operation } from './contract.ts';
import { asRpcError, errorCodes, type ErrorCode } from './errors.ts';
import { type Outcome, outcomeOf, outcomes } from './outcome.ts';

/** The series of one component, looked up once. */
interface ComponentSeries {
  inFlight: number;
  readonly results: Readonly<Record<Outcome, { inc(): void }>>;
  readonly durations: Map<string, HistogramSeries>;
}

/**
 * Server side: counts and times every call. `hosted`: the components of this node, whose series start at 0. `arrived`
 * is called for each call that waits for its turn in this process: all calls except health checks and calls from within
 * this process.
 */
export function serverStats(
  metrics: Metrics,
  clock: Clock,
  hosted: readonly Contract[],
  arrived: (call: Call) => void = () => undefined,
): Layer {
  const durations = metrics.histogram(
    'tierlab_rpc_server_duration_seconds',
    'Time to answer a call, as the callee sees it',
    ['component', 'operation'],
  );
  const calls = metrics.counter('tierlab_rpc_server_calls_total', 'Calls that were answered, by their outcome', [
    'component',
    'outcome',
  ]);
  const errors = countErrors(metrics);
  const known = new Map<string, ComponentSeries>();
  metrics.gauge('tierlab_rpc_server_in_flight', 'Calls being answered now', ['component'], (gauge) => {
    for (const [component, { inFlight }] of known) gauge.set({ component }, inFlight);
  });

  const seriesOf = (name: string): ComponentSeries =>
    known.getOrInsertComputed(name, (component) => {
      const results = outcomes.map((outcome) => [outcome, calls.labels({ component, outcome })]);
      return {
        inFlight: 0,
        results: Object.fromEntries(results) as ComponentSeries['results'],
        durations: new Map(),
      };
    });

  function durationsOf({ durations: byName }: ComponentSeries, component: string, { name }: Pick<Operation, 'name'>) {
    return byName.getOrInsertComputed(name, () => durations.labels({ component, operation: name }));
  }

  for (const { component, operations } of hosted)
    for (const operation of Object.values(operations)) durationsOf(seriesOf(component), component, operation);

  return function serverStats(next) {
    return async (call) => {
      const { component, operation } = call;
      const startedAt = clock.now();
      const series = seriesOf(component);
      let code: 'ok' | ErrorCode = 'ok';
      series.inFlight++;
      if (call.priority !== 'health' && call.endpoint === undefined) arrived(call);
      try {
        return await next(call);
      } catch (error) {
        code = asRpcError(error).code;
        errors.inc({ code });
        throw error;
      } finally {
        series.inFlight--;
        series.results[outcomeOf(code)].inc();
        durationsOf(series, component, operation).observe((clock.now() - startedAt) / 1_000);
      }
    };
  };
}

function countErrors(metrics: Metrics): Counter {
  const errors = metrics.counter('tierlab_rpc_server_errors_total', 'Calls that ended with an error, by its code', [
    'code',
  ]);
  for (const code of Object.keys(errorCodes)) errors.labels({ code });
  return errors;
}
