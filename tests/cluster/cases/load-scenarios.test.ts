import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { figures, start } from '../loadgen/run.ts';
import { constant } from '../loadgen/servers.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tierlab-load-cases-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
