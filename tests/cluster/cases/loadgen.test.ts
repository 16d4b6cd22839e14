import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { figures, load, start } from '../loadgen/run.ts';
import type { Figures } from '../loadgen/run.ts';
import { constant, known, ok } from '../loadgen/servers.ts';
import type { KnownServer } from '../loadgen/servers.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tierlab-load-cases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const main = path.resolve(import.meta.dirname, '../../../loadgen/main.ts');

function fileOf(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The living children of a process. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

function lives(pid: number): boolean {
  try {
    // A process that is dead and not yet reaped is no process any more.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function gone(pids: readonly number[], limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  while (pids.some(lives)) {
    if (performance.now() > endMs) return false;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  return true;
}

/** The pids of the workers, once there are any. */
async function workersOf(pid: number): Promise<number[]> {
  for (;;) {
    const workers = childrenOf(pid);
    if (workers.length > 0) return workers;
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}

/** Speaks HTTP on raw sockets: `serve` is called for each request with its number on the connection. */
async function raw(serve: (socket: Socket, onConnection: number, method: string) => void): Promise<KnownServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    let onConnection = 0;
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      count++;
      serve(socket, ++onConnection, data.toString('latin1').split(' ')[0] ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    requests: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n';

describe('L1 a server closes idle connections', () => {
  test.each([
    // The FIN is there before the next request: the server has not seen it.
    { id: 'L1', input: 'after 3 answers each, without saying so', closes: (n: number) => n === 3 },
    { id: 'L1', input: 'after every second answer', closes: (n: number) => n === 2 },
    { id: 'L1', input: 'after 20 answers', closes: (n: number) => n === 20 },
  ])('$id $input: its requests are sent again and counted apart', async ({ closes }) => {
    const server = await raw((socket, n) => {
      // One request after an answer is still taken, and dropped with the connection: the race, every time.
      if (closes(n - 1)) socket.end();
      else socket.write(answer);
    });
    try {
      const run = await figures(server.url, '-u', '2', '-d', '1s', '--think', '5ms', '-w', '1');
      expect(run).toMatchObject({ errors: 0, codes: {} });
      expect(run.resent).toBeGreaterThan(2);
      expect(run.right).toBe(run.asked);
      expect(run.notes.join()).toMatch(/\d+ requests were sent twice/);
    } finally {
      await server.close();
    }
  });

  test('L1 a POST is not sent again: nobody knows whether it was done', async () => {
    const server = await raw((socket, n) => void (n === 3 ? socket.end() : socket.write(answer)));
    try {
      const run = await figures(server.url, '-u', '1', '-d', '1s', '--think', '5ms', '-m', 'POST', '-b', 'x');
      expect(run.resent).toBe(0);
      expect(run.codes['closed']).toBeGreaterThan(2);
      expect(run.sent).toBe(server.requests());
    } finally {
      await server.close();
    }
  });

  test('L1 a server that closes in the middle of an answer, or at once, is still at fault', async () => {
    const partial = await raw((socket, n) => void (n === 3 ? socket.end(answer.slice(0, 20)) : socket.write(answer)));
    const never = await raw((socket) => void socket.end());
    try {
      const half = await figures(partial.url, '-u', '1', '-d', '1s', '--think', '5ms');
      expect(half).toMatchObject({ resent: 0 });
      expect(half.codes['closed']).toBeGreaterThan(2);
      const none = await figures(never.url, '-R', '20/s', '-d', '1s', '-w', '1');
      expect(none).toMatchObject({ right: 0, errors: 20 });
    } finally {
      await partial.close();
      await never.close();
    }
  });

  test('L1 the timeout of an HTTP server that is shorter than the pauses of the users', async () => {
    const server = createServer({ keepAliveTimeout: 30, keepAliveTimeoutBuffer: 0 } as object, (_request, response) =>
      ok(response),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const run = await figures(url, '-u', '20', '-d', '2s', '--think', '30ms', '-w', '1');
      expect(run.done).toBeGreaterThan(200);
      expect(run).toMatchObject({ codes: {}, errors: 0 });
      expect(run.resent).toBeGreaterThan(0);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

/** Runs the generator where a process may have only so many files. */
function withFiles(
  limit: number,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `ulimit -n ${limit}; exec "$0" "$@"`, process.execPath, main, ...args], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe.runIf(process.platform === 'linux')("L3 the generator's own limits", () => {
  test.each([
    { id: 'L3', input: '-u 200 with 150 files', limit: 150, args: ['-u', '200', '-w', '1'] },
    { id: 'L3', input: '-u 150 with 100 files', limit: 100, args: ['-u', '150', '-w', '1', '--think', '10ms'] },
    { id: 'L3', input: '-R 2000/s at 100 ms with 100 files', limit: 100, args: ['-R', '2000/s', '-w', '1'] },
    { id: 'L3', input: '-u 400 over 2 workers with 150 files', limit: 150, args: ['-u', '400', '-w', '2'] },
  ])('$id $input: not valid, and the limit is named', async ({ limit, args }) => {
    const server = await constant(100);
    try {
      const { code, stdout } = await withFiles(limit, [server.url, '-d', '1s', '--json', '-q', ...args]);
      const run = JSON.parse(stdout) as Figures;
      expect(run.codes['no_files']).toBeGreaterThan(0);
      expect(run).toMatchObject({ valid: false });
      expect(run.reasons.join()).toMatch(new RegExp(`ran out of open files.*the ${limit} that a process may have`));
      expect(code).toBe(1);
    } finally {
      await server.close();
    }
  });

  const find = (url: string, ...more: string[]) => ['find', url, '--trial', '1500ms', '--repeats', '1', ...more];

  test('L3 find does not call few files a capacity of the server', async () => {
    const server = await constant(300);
    try {
      const rates = ['--from', '200/s', '--most', '1000/s', '--slo', 'p(99)<2s', '--tolerance', '50%'];
      const { code, stdout } = await withFiles(100, [...find(server.url, ...rates), '-w', '1', '--json']);
      expect(JSON.parse(stdout)).toMatchObject({
        capacity: { kind: 'generator' },
        why: expect.stringMatching(/open files/),
      });
      expect(code).toBe(1);
    } finally {
      await server.close();
    }
  });

  test('L3 find does not call its own connections a capacity of the server', async () => {
    const server = await constant(300);
    try {
      const rates = ['--from', '50/s', '--most', '400/s', '--slo', 'p(99)<400ms', '--tolerance', '50%'];
      const { code, stdout } = await load(...find(server.url, ...rates), '-c', '16');
      expect(stdout).toMatch(/no conclusion: .*a limit of its own/);
      // On a busy machine the generator may be starved before the cap is reached: neither is the server's capacity.
      expect(stdout).toMatch(/all 16 connections were in use|the generator was (starved|late)/);
      expect(code).toBe(1);
    } finally {
      await server.close();
    }
  });

  test('L3 sweep refuses to conclude where the sizes run out of files', async () => {
    const server = await constant(10);
    try {
      const args = ['sweep', server.url, '--connections', '1..128', '--repeats', '1', '-d', '300ms', '--json'];
      const { code, stdout } = await withFiles(90, args);
      const { fit, points } = JSON.parse(stdout) as { fit: { kind: string }; points: { n: number; lost?: string }[] };
      expect(fit.kind).toBe('no-conclusion');
      expect(points.find(({ n }) => n === 128)?.lost).toMatch(/open files/);
      expect(code).toBe(1);
    } finally {
      await server.close();
    }
  });
});

describe("L4 a scenario is somebody's program", () => {
  test.each([
    {
      id: 'L4',
      input: 'throws when it has its answer',
      body: `function* (user) { yield user.get('/'); if (user.number % 2) throw new Error('oh no'); }`,
      right: /Error: oh no/,
    },
    {
      id: 'L4',
      input: 'yields undefined',
      body: `function* (user) { yield user.get('/'); yield undefined; }`,
      right: /not an object/,
    },
    {
      id: 'L4',
      input: 'adds a header by a line break',
      body: `function* (user) { yield user.get('/'); yield user.get('/', { headers: { x: '1\\r\\ny: 2' } }); }`,
      right: /control character/,
    },
    { id: 'L4', input: 'never sends', body: `function* () {}`, right: /without a request/ },
    {
      id: 'L4',
      input: 'only pauses',
      body: `function* (user) { for (;;) yield user.think(0); }`,
      right: /pauses more than 1000 times/,
    },
    {
      id: 'L4',
      input: 'is an async generator',
      body: `async function* (user) { yield user.get('/'); }`,
      right: /async generator/,
    },
    {
      id: 'L4',
      input: 'throws in a timer of its own',
      body: `function* (user) { setTimeout(() => { throw new Error('later'); }); yield user.get('/'); }`,
      right: /Error: later/,
    },
  ])('$id one that $input: its sessions are broken, the run goes on', async ({ body, right, input }) => {
    const file = fileOf(`${input.replaceAll(' ', '-')}.ts`, `export default ${body}\n`);
    const models = [
      ['-R', '50/s', '-w', '2'],
      ['-u', '3'],
    ];
    await Promise.all(
      models.map(async (model) => {
        const server = await constant(1);
        try {
          const run = await figures(server.url, '--scenario', file, '-d', '500ms', ...model);
          expect(run.ending).toBe('finished');
          expect(run.sessions.broken).toBeGreaterThan(5);
          expect(run.sessions.why.join()).toMatch(right);
          expect(run).toMatchObject({ valid: false, code: 1, errors: 0 });
          expect(run.done).toBe(server.requests());
          expect(run.reasons.join()).toMatch(/sessions broke/);
        } finally {
          await server.close();
        }
      }),
    );
  });

  const stuck = [
    {
      id: 'L4',
      input: 'loops for ever in a session',
      text: `export default function* (user) { yield user.get('/'); for (;;); }\n`,
    },
    { id: 'L4', input: 'loops for ever without a request', text: `export default function* () { for (;;); }\n` },
    {
      id: 'L4',
      input: 'loops for ever in a promise',
      text:
        'export default function* (user) { Promise.resolve().then(function f() { return ' +
        "Promise.resolve().then(f); }); yield user.get('/'); }\n",
    },
    {
      id: 'L4',
      input: 'sleeps for ever',
      text:
        "export default function* (user) { yield user.get('/'); Atomics.wait(new Int32Array(new " +
        'SharedArrayBuffer(4)), 0, 0); }\n',
    },
  ];
  test.each(stuck)('$id one that $input ends with its duration', async ({ text, input }) => {
    const server = await constant(1);
    try {
      const file = fileOf(`${input.replaceAll(' ', '-')}.ts`, text);
      const beganMs = performance.now();
      const run = await figures(server.url, '--scenario', file, '-u', '2', '-d', '1s', '--timeout', '1s');
      // The load, the time for the last answers, and twice the start of a process.
      expect(performance.now() - beganMs).toBeLessThan(7_000);
      expect(run).toMatchObject({ valid: false, code: 1 });
      expect(run.reasons.join()).toMatch(/did not react when the load was over/);
    } finally {
      await server.close();
    }
  });

  test.each(stuck)('$id one that $input ends with Ctrl-C', async ({ text, input }) => {
    const server = await constant(1);
    try {
      const file = fileOf(`c-${input.replaceAll(' ', '-')}.ts`, text);
      const run = start([server.url, '--scenario', file, '-u', '2', '-d', '60s', '--json']);
      const workers = await workersOf(run.pid);
      await run.shown(/closed loop/);
      await new Promise((resolve) => void setTimeout(resolve, 1000));
      run.kill('SIGINT');
      expect((await run.finished).code).toBe(130);
      expect(await gone(workers, 1000)).toBe(true);
    } finally {
      await server.close();
    }
  });

  test.each([...stuck, { id: 'L4', input: 'loops while it is loaded', text: 'for (;;);\n' }])(
    "$id one that $input ends with its parent's death",
    async ({ text, input }) => {
      const server = await constant(1);
      try {
        const file = fileOf(`d-${input.replaceAll(' ', '-')}.ts`, text);
        const run = start([server.url, '--scenario', file, '-u', '2', '-d', '60s']);
        const workers = await workersOf(run.pid);
        await new Promise((resolve) => void setTimeout(resolve, 1500));
        run.kill('SIGKILL');
        await run.finished;
        expect(await gone(workers, 5000)).toBe(true);
      } finally {
        await server.close();
      }
    },
  );

  test('L4 one that loops while it is loaded ends with Ctrl-C, too', async () => {
    const server = await constant(1);
    try {
      const run = start([server.url, '--scenario', fileOf('loading.ts', 'for (;;);\n'), '-u', '2', '-d', '60s']);
      const workers = await workersOf(run.pid);
      run.kill('SIGINT');
      const { code, stderr } = await run.finished;
      expect([code, stderr]).toEqual([130, expect.stringMatching(/interrupted before the load began/)]);
      expect(await gone(workers, 1000)).toBe(true);
    } finally {
      await server.close();
    }
  });
});

test.each([1, 2, 4, 8])('L5 Poisson arrivals over %i workers vary by 1, as due and as sent', async (workers) => {
  const server = await constant(0);
  try {
    const run = await figures(server.url, '-R', '400/s', '--arrivals', 'poisson', '-d', '3s', '-w', String(workers));
    expect(run.interarrivalVariation.intended).toBeGreaterThan(0.9);
    expect(run.interarrivalVariation.intended).toBeLessThan(1.1);
    expect(run.interarrivalVariation.sent).toBeGreaterThan(0.85);
  } finally {
    await server.close();
  }
});

test.each([
  { id: 'L6', input: 'nine of ten are 503 at once', bad: (n: number) => n % 10 !== 0, status: 503 },
  { id: 'L6', input: 'every second is 429 at once', bad: (n: number) => n % 2 === 0, status: 429 },
  { id: 'L6', input: 'nine of ten are 404 at once', bad: (n: number) => n % 10 !== 0, status: 404 },
  { id: 'L6', input: 'the second half is 500 at once', bad: (n: number) => n >= 100, status: 500 },
])('$id $input: the latency is that of the right answers', async ({ bad, status }) => {
  const server = await known((_request, response, number) => {
    if (bad(number)) response.writeHead(status, { 'content-length': 0 }).end();
    else setTimeout(() => ok(response), 100);
  });
  try {
    const run = await figures(server.url, '-R', '200/s', '-d', '1s', '-w', '1');
    expect(run.latencyMs.intended.p50).toBeGreaterThan(99);
    expect(run.latencyMs.sent.p50).toBeGreaterThan(99);
    expect(run.latencyMs.errors.p50).toBeLessThan(90);
    expect(run.right + run.errors).toBe(200);
  } finally {
    await server.close();
  }
});

test.each([
  {
    id: 'L7',
    input: 'a token in a list',
    list: '{"target":"/","headers":{"authorization":"Bearer sesame-99"}}\n',
    args: [],
  },
  {
    id: 'L7',
    input: 'a password in a body',
    list: '{"target":"/","method":"POST","body":{"p":"sesame-99"}}\n',
    args: [],
  },
  { id: 'L7', input: 'a cookie for all', list: '/\n', args: ['-H', 'cookie: s=sesame-99'] },
  { id: 'L7', input: 'a list that is refused', list: '{"target":"/","headers":{"x":"sesame-99\\n"}}\n', args: [] },
])('$id $input is in nothing that a run leaves', async ({ list, args }) => {
  const server = await constant(1);
  try {
    const [bin, html, csv] = ['s.bin', 's.html', 's.csv'].map((name) => path.join(folder, name));
    const requests = fileOf('secret.txt', list);
    const outputs = ['-o', bin!, '--html', html!, '--csv', csv!];
    const model = ['--requests', requests, '-R', '50/s', '-d', '500ms'];
    const { stdout, stderr, code } = await load(server.url, ...model, ...outputs, ...args);
    expect(stdout + stderr).not.toContain('sesame-99');
    if (code === 2) return;
    for (const file of [html!, csv!]) expect(readFileSync(file, 'utf8')).not.toContain('sesame-99');
    expect(gunzipSync(readFileSync(bin!).subarray(8)).toString()).not.toContain('sesame-99');
  } finally {
    await server.close();
  }
});
