import { createServer } from 'node:http';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { expect, test, vi } from 'vitest';
import { assembleTrace } from '../../../services/traces/assemble.ts';
import { otlpRequest } from '../../../services/traces/otlp.ts';
import { createOtlpExporter, otlpAddress } from '../../../services/traces/otlp-exporter.ts';
import { remoteCall, requestSpan } from './given.ts';
import { listen } from '../../support/listen.ts';

const traceId = 'ab'.repeat(16);
const at = 1_800_000_000_123;
const made = [
  requestSpan({ outcome: 'unavailable' }),
  ...remoteCall({
    node: 'client-1',
    peer: 'database-1-2',
    parentId: 'root',
    id: 'c',
    component: 'database',
    startMs: 10.5,
    durationMs: 80,
    servedMs: 60,
    peerClockMs: 5,
  }),
].map((it) => ({ ...it, traceId }));
const trace = assembleTrace(traceId, made, { because: 'error', endedAt: at + 100 })!;

type Exported = ReturnType<typeof otlpRequest>;
type Attributes = Exported['resourceSpans'][number]['resource']['attributes'];

const plain = (attributes: Attributes) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] as string | number]));

/** The same spans through OpenTelemetry's own serializer. */
function reference(request: Exported): unknown {
  const spans = request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const shared = { attributes: plain(resource.attributes) };
    return scopeSpans[0]!.spans.map((it) => {
      const time = (nanoseconds: string) => [Number(nanoseconds.slice(0, -9)), Number(nanoseconds.slice(-9))];
      return {
        name: it.name,
        kind: it.kind - 1,
        spanContext: () => ({ traceId: it.traceId, spanId: it.spanId, traceFlags: 1 }),
        parentSpanContext: it.parentSpanId && { traceId: it.traceId, spanId: it.parentSpanId, traceFlags: 1 },
        startTime: time(it.startTimeUnixNano),
        endTime: time(it.endTimeUnixNano),
        status: it.status,
        attributes: plain(it.attributes),
        links: [],
        events: [],
        resource: shared,
        instrumentationScope: { name: 'tierlab' },
        droppedAttributesCount: 0,
        droppedEventsCount: 0,
        droppedLinksCount: 0,
      };
    });
  });
  const bytes = JsonTraceSerializer.serializeRequest(spans as never)!;
  return JSON.parse(new TextDecoder().decode(bytes));
}

test("the payload agrees with OpenTelemetry's own", () => {
  const request = otlpRequest([trace]);
  // Their serializer adds counts of dropped parts, which are optional, and keeps ours.
  expect(reference(request)).toMatchObject({
    resourceSpans: request.resourceSpans.map(({ resource, scopeSpans }) => ({
      resource: { attributes: expect.arrayContaining([...resource.attributes]) as unknown },
      scopeSpans: scopeSpans.map(({ scope, spans }) => ({
        scope,
        spans: spans.map((it) => ({
          ...it,
          attributes: it.attributes.map(({ key }) => expect.objectContaining({ key }) as unknown),
        })),
      })),
    })),
  });
});

test('parents, times and failures arrive', () => {
  const spans = otlpRequest([trace]).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans[0]!.spans);
  expect(spans.map(({ kind }) => kind)).toEqual([2, 1, 3, 2]);
  expect(spans[0]).toMatchObject({
    startTimeUnixNano: `${at}000000`,
    endTimeUnixNano: `${at + 100}000000`,
    status: { code: 2, message: 'unavailable' },
  });
  expect(spans[1]).toMatchObject({
    parentSpanId: spans[0]!.spanId,
    startTimeUnixNano: String(BigInt(at) * 1_000_000n + 10_500_000n),
  });
  for (const { spanId } of spans) expect(spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
});

test('a receiver over HTTP gets each trace once; one that refuses or is gone costs nothing but traces', async () => {
  const bodies: Exported[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      expect(request.url).toBe('/v1/traces');
      bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Exported);
      response.writeHead(status).end('{}');
    });
  });
  const port = await listen(server);
  const counts = { sent: 0, failed: 0 };
  const exporter = createOtlpExporter(otlpAddress(`http://127.0.0.1:${port}/`), (result, traces) => {
    counts[result] += traces;
  });
  // A round in which every node had forgotten its spans.
  exporter.export([]);
  exporter.export([trace]);
  await vi.waitFor(() => expect(counts).toEqual({ sent: 1, failed: 0 }));
  expect(bodies[0]!.resourceSpans.map(({ resource }) => plain(resource.attributes)['service.name'])).toEqual([
    'client',
    'database',
  ]);
  status = 503;
  exporter.export([trace]);
  await vi.waitFor(() => expect(counts).toEqual({ sent: 1, failed: 1 }));
  await new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  exporter.export(Array.from({ length: 501 }, () => trace));
  await vi.waitFor(() => expect(counts).toEqual({ sent: 1, failed: 502 }));
});

test.each(['jaeger:4318', 'file:///etc', ''])('%j is no address', (base) => {
  expect(() => otlpAddress(base)).toThrow(/TIERLAB_OTLP_URL/);
});
