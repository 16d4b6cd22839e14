import type { Request } from '../workload/request.ts';

/** Turns requests into bytes for one target: the constant part of the head is made once. */
export function wireEncoder(host: string, headers: readonly [string, string][]): (request: Request) => string | Buffer {
  const own = new Set(headers.map(([name]) => name));
  const fixed = [...(own.has('host') ? [] : [['host', host] as const]), ...headers]
    .map(([n, v]) => `${n}: ${v}\r\n`)
    .join('');
  // Most workloads repeat few requests: the last object's bytes are kept.
  let lastRequest: Request | undefined;
  let lastWire: string | Buffer = '';
  return function encode(request) {
    if (request === lastRequest) return lastWire;
    let head = `${request.method} ${request.target} HTTP/1.1\r\n${fixed}`;
    for (const name in request.headers) head += `${name}: ${request.headers[name]}\r\n`;
    lastRequest = request;
    if (request.body === undefined) {
      lastWire =
        request.method === 'GET' || request.method === 'HEAD' ? `${head}\r\n` : `${head}content-length: 0\r\n\r\n`;
    } else {
      const body = Buffer.from(request.body);
      lastWire = Buffer.concat([Buffer.from(`${head}content-length: ${body.length}\r\n\r\n`, 'latin1'), body]);
    }
    return lastWire;
  };
}
