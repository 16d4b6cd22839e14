import { createHmac, createSecretKey } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Agent, createServer as createHttpServer, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { json } from 'node:stream/consumers';

/**
 * One process of channels.ts: `monitor <channel> <port>` answers heartbeats; `node <channel> <port>...` sends them to
 * every port.
 */
const [role, channel, ...ports] = process.argv.slice(2);
const key = createSecretKey(Buffer.alloc(32, 7));
const macBytes = 16;
const intervalMs = 500;
const body = JSON.stringify({
  node: 'ranking-1',
  incarnation: 1_234,
  sequence: 99_999,
  phase: 'ready',
  viewVersion: 1_000_000,
  self: { lagMs: 1.2, received: 123_456, answered: 123_456, busyMs: 999_999 },
});
const answer = JSON.stringify({ sequence: 99_999, version: 1_000_000 });

function seal(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([createHmac('sha256', key).update(bytes).digest().subarray(0, macBytes), bytes]);
}

function open(message: Buffer): unknown {
  const bytes = message.subarray(macBytes);
  const expected = createHmac('sha256', key).update(bytes).digest().subarray(0, macBytes);
  if (!expected.equals(message.subarray(0, macBytes))) throw new Error('not genuine');
  return JSON.parse(bytes.toString());
}

/** Frames on a stream: two bytes with the length, then the message. */
function onFrames(socket: Socket, handle: (message: Buffer) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true).on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      handle(rest.subarray(2, end));
      rest = rest.subarray(end);
    }
  });
}

function frame(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

function monitor(port: number): void {
  if (channel === 'datagram') {
    const socket = createSocket('udp4');
    socket.on('message', (message, from) => {
      open(message);
      socket.send(seal(answer), from.port, from.address);
    });
    socket.bind(port, '127.0.0.1');
  } else if (channel === 'stream')
    createServer((socket) =>
      onFrames(socket, (message) => {
        open(message);
        socket.write(frame(seal(answer)));
      }),
    ).listen(port, '127.0.0.1');
  else
    createHttpServer((incoming, response) => {
      void json(incoming).then(() => response.writeHead(200, { 'content-type': 'application/json' }).end(answer));
    }).listen(port, '127.0.0.1');
}

function senderTo(port: number): () => void {
  if (channel === 'datagram') {
    const socket = createSocket('udp4');
    socket.on('message', open);
    return () => socket.send(seal(body), port, '127.0.0.1');
  }
  if (channel === 'stream') {
    const socket = connect(port, '127.0.0.1');
    onFrames(socket, open);
    return () => void socket.write(frame(seal(body)));
  }
  const agent = new Agent({ keepAlive: true });
  return () => {
    const call = request({ port, host: '127.0.0.1', method: 'POST', agent }, (response) => void json(response));
    call.end(body);
  };
}

if (channel !== 'nothing') {
  if (role === 'monitor') monitor(Number(ports[0]));
  else {
    const senders = ports.map((port) => senderTo(Number(port)));
    setInterval(() => senders.forEach((send) => send()), intervalMs);
  }
} else setInterval(() => undefined, intervalMs);
process.on('disconnect', () => process.exit());
process.on('message', () => process.send!(process.cpuUsage()));
process.send!('ready');
