import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { Pool } from 'undici';

/**
 * One process of the bare chain: plain node:http and one undici Pool per peer. No schemas, metrics, traces, heartbeats, balancing
 * or deadlines. It answers with replies recorded from a real search, so that shape and payload are those of the real thing.
 *
 *   gateway -> app -> query; database 1 and 2 in parallel; ranking; html
 *
 *   argv: role, recording file, peers as name=port,...; says its port over IPC.
 */
const [role, file, peerList] = process.argv.slice(2) as [string, string, string];
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { request: unknown; reply: unknown }>;
const peers = new Map(
  (peerList ?? '')
    .split(',')
    .filter(Boolean)
    .map((peer) => peer.split('=') as [string, string])
    .map(([name, port]) => [name, new Pool(`http://127.0.0.1:${port}`, { connections: 64, pipelining: 1 })]),
);

async function call(peer: string, name: string): Promise<unknown> {
  const body = JSON.stringify(recorded[name]!.request);
  const headers = { 'content-type': 'application/json' };
  const response = await peers.get(peer)!.request({ method: 'POST', path: `/${name}`, headers, body });
  return response.body.json();
}

async function answer(): Promise<unknown> {
  if (role === 'gateway') return call('app', 'search');
  if (role !== 'app') return recorded[role === 'database' ? 'find' : role]!.reply;
  await call('query', 'query');
  await Promise.all([call('database1', 'find'), call('database2', 'find')]);
  await call('ranking', 'ranking');
  await call('html', 'html');
  return recorded.search!.reply;
}

const server = createServer((request, response) => {
  void read(request).then(async (body) => {
    if (body.length > 0) JSON.parse(body.toString());
    const value = (await answer()) as { html?: string };
    const page = role === 'gateway' ? value.html! : JSON.stringify(value);
    const payload = Buffer.from(page);
    response.writeHead(200, {
      'content-type': role === 'gateway' ? 'text/html; charset=utf-8' : 'application/json',
      'content-length': payload.length,
    });
    response.end(payload);
  });
});
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as { port: number }).port }));
process.on('disconnect', () => process.exit(0));

function read(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
  });
}
