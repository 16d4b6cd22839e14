import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../../support/cluster.ts';
import { processTree, stillRunning, type ProcessRow } from '../../support/process-tree.ts';
import { figures, start } from '../loadgen/run.ts';
import { constant } from '../loadgen/servers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

/**
 * A run of two workers with a scenario that calls `stuck()` just before it hangs. `bothStuck` waits until both workers
 * have called it, and returns their processes.
 */
function stuckScenario(text: string) {
  const marks = mkdtempSync(path.join(folder, 'stuck-'));
  const stuck = `const stuck = () => writeFileSync(\`${marks}/\${process.pid}\`, '');`;
  const file = `${marks}.ts`;
  writeFileSync(file, `import { writeFileSync } from 'node:fs';\n${stuck}\n${text}`);
  const bothStuck = async (): Promise<readonly ProcessRow[]> => {
    await until(() => readdirSync(marks).length === 2, 30_000);
    return readdirSync(marks).flatMap((pid) => processTree(Number(pid)));
  };
  return { args: ['--scenario', file, '-u', '2', '-w', '2'], bothStuck };
}

describe("L4 a scenario is somebody's program", () => {
  test.concurrent.each([
    {
      input: 'throws when it has its answer',
      body: `function* (user) { yield user.get('/'); if (user.number % 2) throw new Error('oh no'); }`,
      right: /Error: oh no/,
    },
    {
      input: 'yields undefined',
      body: `function* (user) { yield user.get('/'); yield undefined; }`,
      right: /not an object/,
    },
    {
      input: 'adds a header by a line break',
      body: `function* (user) { yield user.get('/'); yield user.get('/', { headers: { x: '1\\r\\ny: 2' } }); }`,
      right: /control character/,
    },
    { input: 'never sends', body: `function* () {}`, right: /without a request/ },
    {
      input: 'only pauses',
      body: `function* (user) { for (;;) yield user.think(0); }`,
      right: /pauses more than 1000 times/,
    },
    {
      input: 'is an async generator',
      body: `async function* (user) { yield user.get('/'); }`,
      right: /async generator/,
    },
    {
      input: 'ends its process, and writes to the controller',
      body:
        `function* (user) { yield user.get('/'); if (user.number % 2) process.exit(0); ` +
        `process.send({ type: 'finished' }); }`,
      right: /process\.(exit|send)/,
    },
    {
      input: 'yields a promise that fails',
      body: `function* (user) { yield user.get('/'); yield Promise.reject(new Error('x')); }`,
      right: /^it yields a promise[^;]*$/,
    },
    {
      input: 'throws in a timer of its own',
      body: `function* (user) { setTimeout(() => { throw new Error('later'); }); yield user.get('/'); }`,
      right: /Error: later/,
    },
  ])('L4 one that $input: its sessions are broken, the run goes on', async ({ body, right, input }) => {
    const file = path.join(folder, `${input.replaceAll(' ', '-')}.ts`);
    writeFileSync(file, `export default ${body}\n`);
    const models = [
      ['-R', '50/s', '-w', '2'],
      ['-u', '3'],
    ];
    await Promise.all(
      models.map(async (model) => {
        const server = await constant(1);
        const run = await figures(server.url, '--scenario', file, '-d', '500ms', ...model);
        expect(run.ending).toBe('finished');
        expect(run.sessions.broken).toBeGreaterThan(5);
        expect(run.sessions.why.join()).toMatch(right);
        expect(run).toMatchObject({ valid: false, code: 1, errors: 0 });
        expect(run.done).toBe(server.requests());
        expect(run.reasons.join()).toMatch(/sessions broke/);
      }),
    );
  });

  test('L4 one that takes all memory: the run is not valid, and says that the generator ran out of memory', async () => {
    const server = await constant(1);
    const file = path.join(folder, 'greedy.ts');
    const body = `function* (user) { yield user.get('/'); for (;;) kept.push(Array.from({ length: 1e3 }, () => [])); }`;
    writeFileSync(file, `const kept = [];\nexport default ${body}\n`);
    const args = [server.url, '--scenario', file, '-u', '1', '-d', '20s', '--json'];
    const { code, stdout } = await start(args, 55_000, { NODE_OPTIONS: '--max-old-space-size=48' }).finished;
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({ valid: false, reasons: [expect.stringContaining('generator ran out of memory (SIG')] }),
    ]);
  });

  const stuck = [
    {
      input: 'loops for ever in a session',
      text: `export default function* (user) { yield user.get('/'); stuck(); for (;;); }\n`,
    },
    { input: 'loops for ever without a request', text: `export default function* () { stuck(); for (;;); }\n` },
    {
      input: 'loops for ever in a promise',
      text:
        'export default function* (user) { stuck(); Promise.resolve().then(function f() { return ' +
        "Promise.resolve().then(f); }); yield user.get('/'); }\n",
    },
    {
      input: 'sleeps for ever',
      text:
        "export default function* (user) { yield user.get('/'); stuck(); Atomics.wait(new Int32Array(new " +
        'SharedArrayBuffer(4)), 0, 0); }\n',
    },
  ];
  test.each(stuck)('L4 one that $input ends with its duration', async ({ text }) => {
    const server = await constant(1);
    const { args } = stuckScenario(text);
    const beganMs = performance.now();
    const run = await figures(server.url, ...args, '-d', '1s', '--timeout', '1s');
    // The load, the time for the last answers, and twice the start of a process.
    expect(performance.now() - beganMs).toBeLessThan(7_000);
    expect(run).toMatchObject({ valid: false, code: 1 });
    expect(run.reasons.join()).toMatch(/\bdid not react\b/);
  });

  test.each(stuck)('L4 one that $input ends with Ctrl-C', async ({ text }) => {
    const server = await constant(1);
    const { args, bothStuck } = stuckScenario(text);
    const run = start([server.url, ...args, '-d', '60s', '--json']);
    await run.shown(/closed loop/);
    const workers = await bothStuck();
    run.kill('SIGINT');
    expect((await run.finished).code).toBe(130);
    await until(() => stillRunning(workers).length === 0, 1_000);
  });

  const stuckWhileLoaded = { input: 'loops while it is loaded', text: 'stuck();\nfor (;;);\n' };
  test.each([...stuck, stuckWhileLoaded])("L4 one that $input ends with its parent's death", async ({ text }) => {
    const server = await constant(1);
    const { args, bothStuck } = stuckScenario(text);
    const run = start([server.url, ...args, '-d', '60s']);
    const workers = await bothStuck();
    run.kill('SIGKILL');
    await run.finished;
    await until(() => stillRunning(workers).length === 0, 5_000);
  });

  test('L4 one that loops while it is loaded ends with Ctrl-C, too', async () => {
    const server = await constant(1);
    const { args, bothStuck } = stuckScenario(stuckWhileLoaded.text);
    const run = start([server.url, ...args, '-d', '60s']);
    const workers = await bothStuck();
    run.kill('SIGINT');
    const { code, stderr } = await run.finished;
    expect([code, stderr]).toEqual([130, expect.stringMatching(/\binterrupted\b/)]);
    await until(() => stillRunning(workers).length === 0, 1_000);
  });
});
