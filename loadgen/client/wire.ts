import type { Request } from '../workload/request.ts';

/** Turns requests into bytes for one target. A header of a request replaces the common header with the same name. */
export function wireEncoder(host: string, headers: readonly [string, string][]): (request: Request) => string | Buffer {
  const given = headers.some(([name]) => name === 'host') ? headers : [['host', host] as const, ...headers];
  const shared = given.map(([name, value]) => [name, `${name}: ${value}\r\n`] as const);
  // The constant part of the head is built once.
  const sharedText = shared.map(([, line]) => line).join('');
  // Most workloads repeat few requests, so the bytes of the last request object are kept.
  let lastRequest: Request | undefined;
  let lastWire: string | Buffer = '';
  return function encode(request) {
    if (request === lastRequest) return lastWire;
    const head = `${request.method} ${request.target} HTTP/1.1\r\n${headerLines(request.headers)}`;
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

  function headerLines(own: Request['headers']): string {
    if (own === undefined) return sharedText;
    const names = new Set(Object.keys(own).map((name) => name.toLowerCase()));
    const rest = shared.filter(([name]) => !names.has(name)).map(([, line]) => line);
    return [...rest, ...Object.entries(own).map(([name, value]) => `${name}: ${value}\r\n`)].join('');
  }
}
