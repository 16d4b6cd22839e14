import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import type { FaultList } from '../../../services/chaos/control-port.ts';
import type { TestCluster } from '../../support/cluster.ts';

export interface Answer {
  readonly status: number;
  readonly body: { readonly [name: string]: unknown; readonly detail?: string };
}

export function tokenOf({ runDir }: TestCluster): string {
  const file = path.join(runDir, 'cluster.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { token: string }).token;
}

/** One request with exactly these headers: fetch would not let anybody forge Host and Origin. */
export function send(
  port: number,
  method: string,
  where: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
): Promise<Answer> {
  const payload = options.body === undefined ? undefined : JSON.stringify(options.body);
  return new Promise((resolve, reject) => {
    const headers = { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers };
    const call = request({ host: '127.0.0.1', port, method, path: where, headers, agent: false, timeout: 10_000 });
    call.on('error', reject).on('timeout', () => call.destroy(new Error('no answer in 10 s')));
    call.on('response', (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode!, body: JSON.parse(text || '{}') as Answer['body'] }),
      );
    });
    call.end(payload);
  });
}

/** Somebody with the operator token of a cluster. */
export function operator(cluster: TestCluster) {
  const headers = { authorization: `Bearer ${tokenOf(cluster)}` };
  const control = cluster.portBase + 1_090;
  return {
    control,
    headers,
    inject: (fault: object) => send(control, 'POST', '/api/chaos/faults', { headers, body: fault }),
    halt: () => send(control, 'POST', '/api/chaos/halt', { headers, body: { reason: 'a test' } }),
    order: (port: number, method: string, where: string, body?: unknown) =>
      send(port, method, where, { headers, ...(body === undefined ? {} : { body }) }),
    async faults(port: number): Promise<FaultList> {
      return (await send(port, 'GET', '/admin/faults', { headers })).body as unknown as FaultList;
    },
  };
}
