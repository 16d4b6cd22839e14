import Type from 'typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { component } from '../../shared/cluster/component.ts';
import type { Metrics } from '../../shared/observe/metrics.ts';
import { RpcError } from '../../shared/rpc/errors.ts';
import { requestIdPattern } from '../../shared/rpc/wire.ts';
import { steady } from '../../shared/time/clock.ts';
import { parameterCompiler } from '../../web/parameters.ts';
import { createCollector } from './collector.ts';
import { Trace, TraceList, traces, UsualTimes } from './contract.ts';
import { createOtlpExporter, otlpAddress } from './otlp-exporter.ts';
import { createTraceStore } from './store.ts';

const ListQuery = Type.Object({
  slowest: Type.Optional(Type.Boolean({ default: false, description: 'The slowest first; otherwise the newest' })),
  errors: Type.Optional(Type.Boolean({ default: false, description: 'Only failed requests' })),
  since: Type.Optional(Type.Integer({ minimum: 0, description: 'Only requests since then, ms since 1970' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 20, description: 'How many at most' })),
});
const OneTrace = Type.Object({ id: Type.String({ pattern: requestIdPattern }) });

function countExports(metrics: Metrics): (result: 'sent' | 'failed', traces: number) => void {
  const exported = metrics.counter('tierlab_traces_exported_total', 'Traces for the OTLP receiver', ['result']);
  for (const result of ['sent', 'failed']) exported.labels({ result });
  return (result, traces) => exported.inc({ result }, traces);
}

/** Collects, keeps and shows traces: the path of single requests through the nodes, with their times. */
export const tracesComponent = component({
  contract: traces,
  calls: {},
  create({ topology, clock: nodeClock, scheduler, metrics, ops }) {
    const clock = steady(nodeClock);
    const store = createTraceStore();
    metrics.gauge('tierlab_traces_stored', 'Traces in the memory of the collector', [], (gauge) =>
      gauge.set({}, store.size()),
    );
    metrics.gauge(
      'tierlab_traces_usual_work_seconds',
      'Mean work of a component for the usual request, without its waits',
      ['component'],
      (gauge) => {
        // The usual request can change, and with it the components that serve it.
        gauge.reset();
        for (const { component, workMs } of store.times()?.tiers ?? []) gauge.set({ component }, workMs / 1_000);
      },
    );
    const dropped = metrics.counter(
      'tierlab_traces_dropped_total',
      'Traces that a node wanted to keep, and the collector did not: too many at once, or forgotten by their nodes',
    );
    const missing = metrics.counter(
      'tierlab_trace_spans_missing_total',
      'Spans that were lost from kept traces: their node was too busy, or its process has ended',
    );
    const silent = metrics.counter('tierlab_traces_silent_nodes_total', 'Questions for spans without an answer');
    const { TIERLAB_OTLP_URL: otlpUrl } = process.env;
    const otlp = otlpUrl ? createOtlpExporter(otlpAddress(otlpUrl), countExports(metrics)) : undefined;
    const collector = createCollector({
      nodes: topology.nodes,
      control: ops.control,
      clock,
      scheduler,
      store,
      onSilent: () => silent.inc(),
      onDropped: (count) => dropped.inc({}, count),
      onTraces(list) {
        for (const { missingSpans } of list) missing.inc({}, missingSpans);
        otlp?.export(list);
      },
    });

    return {
      handlers: {
        async keep({ node, traces: list }) {
          collector.keep(node, list);
          return {};
        },
      },
      routes(server) {
        void server.register(async (plain) => {
          const scope = plain.withTypeProvider<TypeBoxTypeProvider>();
          scope.setValidatorCompiler(parameterCompiler);
          scope.get(
            '/api/traces',
            { schema: { querystring: ListQuery, response: { 200: TraceList } } },
            async ({ query: { limit = 20, ...query } }) => ({ traces: store.list({ limit, ...query }) }),
          );
          scope.get(
            '/api/traces/times',
            { schema: { response: { 200: Type.Union([UsualTimes, Type.Null()]) } } },
            async () => store.times() ?? null,
          );
          scope.get(
            '/api/traces/:id',
            { schema: { params: OneTrace, response: { 200: Trace } } },
            async ({ params: { id } }) => {
              const trace = await collector.find(id);
              if (trace) return trace;
              throw new RpcError(
                'not_found',
                `there is no trace ${id}: it was not kept, or the request has no answer yet`,
              );
            },
          );
        });
      },
      state: () => ({ stored: store.size() }),
      stop: () => collector.stop(),
    };
  },
});
