import { mkdtempSync, openSync, rmSync, writeSync, fsyncSync, closeSync } from 'node:fs';
import { Agent as HttpAgent, createServer as createHttpServer, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, createServer as createHttpsServer, request as httpsRequest } from 'node:https';
import { createConnection, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import { seededRandom } from '../../shared/time/random.ts';
import { sleep, systemScheduler } from '../../shared/time/scheduler.ts';
import { lognormal, mixture } from '../../shared/time/sim/distribution.ts';
import { check, unknown } from '../kit/checks.ts';
import { lab, type LiveContext, type Point, type Variant } from '../runner/lab.ts';
import { digits } from '../runner/units.ts';
import { medianInterval } from '../statistics/median.ts';

const samples = 1_000;

/** What is measured, with a rough size of a usual machine: the theory is an order, not a number. */
const actions = [
  { id: 'call', label: 'a call within the process', roughMs: 0.0002 },
  { id: 'socket', label: 'a bare socket on this machine', roughMs: 0.04 },
  { id: 'http', label: 'HTTP on this machine', roughMs: 0.15 },
  { id: 'tls', label: 'the same with TLS', roughMs: 0.2 },
  { id: 'trip', label: 'HTTP with a round trip of 1 ms more', roughMs: 1.3 },
] as const;

/** The price of a call, measured on this machine. */
export const whereAMillisecondGoes = lab({
  id: '33',
  name: 'where-a-millisecond-goes',
  topic: 'where a millisecond goes',
  question: 'How much more does it cost to call another process than to call a function?',
  seconds: 5,
  cores: 2,
  parameters: {},
  formula: 'call << socket < HTTP <= TLS < HTTP + 1 ms; protocol overhead = HTTP - bare socket',
  assumptions: [
    'connections are open already, so no handshake is measured',
    'there is one call at a time, so no call waits in a queue',
    'the theory only sorts the calls from fast to slow, and gives rough times; your machine has other numbers',
  ],
  quantities: () => actions.map(({ id, label, roughMs }) => ({ id, label, unit: 'ms', theory: roughMs })),
  async live(_, context) {
    const times = {
      call: await calls(context),
      socket: await socket(context),
      http: await http(context, false, 0),
      tls: await http(context, true, 0),
      trip: await http(context, false, 1),
    };
    return judged({ ...times, fsync: await fsyncs(context) });
  },
  madeUp: (seed, variant) => judged(madeUpTimes(seed, variant)),
  variants: {
    broken: 'the messages never leave the process, so they take hardly longer than a function call',
    control: 'each call with TLS opens a new connection',
  },
  hints: [
    'Which parts of the system does a message pass that a function call does not pass? Count how often the message ' +
      'enters the kernel.',
    'A call of an async function takes less than a microsecond. A message on one machine takes tens of microseconds. ' +
      'A round trip in a network takes about a millisecond.',
    'Imagine that a function call takes one second. Then a message on one machine takes minutes, and a round trip of ' +
      '1 ms takes more than an hour.',
  ],
  explanation: () =>
    `A function call stays in the process. A message is copied into the kernel. The other process wakes up, and reads
it. The same happens on the way back. This takes tens of microseconds, although the message does not leave the machine.

HTTP adds work: headers are written and parsed twice. The difference to the bare socket is the protocol overhead. TLS
adds encryption. On an open connection this costs little, because the expensive handshake is over.

A millisecond of network is more than all of this together. So it is better to save one round trip than to make the code
twice as fast. The time of fsync depends on the disk: the call waits until the disk has stored the data.`,
  transfer: {
    question: 'A page makes 30 calls, one after the other, to a machine 1 ms away. What do you change first?',
    answer:
      'Do not change the protocol. 30 round trips take 30 ms. Make the calls in parallel, or send them as one ' +
      'batch. Then they take little more than one round trip.',
  },
});

const round = Array.from({ length: samples });

/** Calls of an async function, as components have: 1,000 calls are one sample. */
async function calls({ progress }: LiveContext): Promise<number[]> {
  let sum = 0;
  const add = async (value: number): Promise<void> => void (sum += value);
  const times: number[] = [];
  for (const [i] of round.entries()) {
    const startedAt = performance.now();
    for (let j = 0; j < 1_000; j++) await add(j);
    times.push((performance.now() - startedAt) / 1_000);
    if (i % 100 === 0) progress('calls in the process', i, samples);
  }
  return times;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Times `one`, after some calls that nobody counts. */
async function timed(label: string, { progress, signal }: LiveContext, one: () => Promise<void>): Promise<number[]> {
  for (let i = 0; i < 200; i++) await one();
  const times: number[] = [];
  for (let i = 0; i < samples; i++) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    await one();
    times.push(performance.now() - startedAt);
    if (i % 100 === 0) progress(label, i, samples);
  }
  return times;
}

async function socket(context: LiveContext): Promise<number[]> {
  const server = createTcpServer((peer) => peer.on('data', (data) => peer.write(data)));
  const client = createConnection(await listening(server), '127.0.0.1').setNoDelay(true);
  const message = Buffer.alloc(100, 'x');
  const broken = new Promise<never>((_, reject) => void client.once('error', reject));
  try {
    const one = (): Promise<void> =>
      new Promise((resolve) => {
        client.once('data', () => resolve());
        client.write(message);
      });
    return await Promise.race([timed('a bare socket', context, one), broken]);
  } finally {
    client.destroy();
    server.close();
  }
}

async function http(context: LiveContext, tls: boolean, extraMs: number): Promise<number[]> {
  const answer = (_: unknown, response: { end: (text: string) => void }): void => {
    if (extraMs === 0) response.end('x'.repeat(100));
    else void sleep(systemScheduler, extraMs).then(() => response.end('x'.repeat(100)));
  };
  const pems = tls ? await generate([{ name: 'commonName', value: 'localhost' }]) : undefined;
  const server = pems ? createHttpsServer({ key: pems.private, cert: pems.cert }, answer) : createHttpServer(answer);
  const port = await listening(server);
  // The certificate was made a moment ago, for this server alone.
  const agent = tls
    ? new HttpsAgent({ keepAlive: true, ca: pems!.cert, rejectUnauthorized: false })
    : new HttpAgent({ keepAlive: true });
  try {
    return await timed(
      tls ? 'HTTP with TLS' : `HTTP${extraMs > 0 ? ' and 1 ms' : ''}`,
      context,
      () =>
        new Promise((resolve, reject) => {
          const send = tls ? httpsRequest : httpRequest;
          const call = send({ host: '127.0.0.1', port, agent }, (response) =>
            response.resume().once('end', () => resolve()),
          );
          call.once('error', reject);
          call.end();
        }),
    );
  } finally {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  }
}

async function fsyncs({ signal, progress }: LiveContext): Promise<number[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tierlab-lab-33-'));
  const handle = openSync(path.join(folder, 'file'), 'w');
  const times: number[] = [];
  try {
    const giveUpAt = performance.now() + 10_000;
    for (let i = 0; i < samples && performance.now() < giveUpAt; i++) {
      signal.throwIfAborted();
      const startedAt = performance.now();
      writeSync(handle, 'x');
      fsyncSync(handle);
      times.push(performance.now() - startedAt);
      if (i % 50 === 0) {
        progress('fsync', i, samples);
        await sleep(systemScheduler, 0);
      }
    }
    return times;
  } finally {
    closeSync(handle);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A row for each power of two around the median. */
function histogram(times: readonly number[]): string[] {
  const { median } = medianInterval(times);
  return [-2, -1, 0, 1, 2, 3, 4].map((power) => {
    const [from, to] = [median * 2 ** (power - 0.5), median * 2 ** (power + 0.5)];
    const count = times.filter((each) => each >= from && each < to).length;
    const bar = '#'.repeat(Math.ceil((40 * count) / times.length)).padEnd(41);
    return `  ${digits(1_000 * from).padStart(8)} us  ${bar}${count}`;
  });
}

/** All times of one run, ms. */
type Times = Readonly<Record<(typeof actions)[number]['id'] | 'fsync', readonly number[]>>;

/** What the times say: the checks do not know where the times are from. */
function judged(times: Times) {
  const medians = Object.fromEntries(Object.entries(times).map(([id, each]) => [id, medianInterval(each)]));
  const points: Point[] = actions.map(({ id }) => {
    const interval = medians[id]!;
    return { id, measured: interval.median, n: times[id].length, interval };
  });
  const slower = (a: keyof typeof times, b: keyof typeof times, factor: number) => {
    const [fast, slow] = [medians[a]!, medians[b]!];
    return check(
      `${b} takes longer than ${factor === 1 ? '' : `${factor} times `}${a}`,
      slow.low > factor * fast.high,
      `${digits(slow.median)} ms and ${digits(fast.median)} ms`,
    );
  };
  const tls = medians.tls!.median - medians.http!.median;
  const overhead = medians.http!.median - medians.socket!.median;
  return {
    points,
    checks: [
      slower('call', 'socket', 10),
      slower('socket', 'http', 1),
      slower('http', 'trip', 1),
      slower('tls', 'trip', 1),
      Number.isFinite(tls) && medians.tls!.median >= 0.8 * medians.http!.median
        ? check(
            'TLS costs little on an open connection',
            medians.tls!.median < 5 * medians.http!.median,
            `${digits(1_000 * tls)} us more`,
          )
        : unknown(
            'TLS costs little on an open connection',
            'TLS was faster than HTTP: other programs disturbed it',
            'run it again',
          ),
    ],
    timeline: [
      `protocol overhead: HTTP minus a bare socket is ${digits(1_000 * overhead)} us`,
      `fsync of a small file: ${digits(medianInterval(times.fsync).median)} ms at the median of ` +
        `${times.fsync.length}; it depends on the disk`,
      ...actions.flatMap(({ id, label }) => [label, ...histogram(times[id])]),
    ],
  };
}

/** Times as a quiet machine shows them: skewed, and one in a hundred is far too long. For the audit. */
function madeUpTimes(seed: string, variant: Variant): Times {
  const random = seededRandom(seed);
  const none: Times = { call: [], socket: [], http: [], tls: [], trip: [], fsync: [] };
  if (variant === 'do-nothing') return none;
  const draw = (medianMs: number): number[] => {
    const time = mixture(lognormal(medianMs, 0.35), lognormal(20 * medianMs, 0.35), 0.01);
    return Array.from({ length: samples }, () => time(random));
  };
  const rough = Object.fromEntries(actions.map(({ id, roughMs }) => [id, roughMs])) as Record<
    (typeof actions)[number]['id'],
    number
  >;
  const message = variant === 'broken' ? rough.call / rough.socket : 1;
  const handshakeMs = variant === 'control' ? 2 : 0;
  return {
    call: draw(rough.call),
    socket: draw(message * rough.socket),
    http: draw(message * rough.http),
    tls: draw(message * rough.tls + handshakeMs),
    trip: draw(message * rough.http + 1),
    fsync: draw(2),
  };
}
