import { mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { homeAt } from '../../../labs/runner/home.ts';
import { commit } from '../../../labs/runner/prediction.ts';
import { receiptProblem, type HandIn } from '../../../labs/runner/hand-in.ts';
import type { LabResult } from '../../../labs/runner/result.ts';
import { drawParameters } from '../../../labs/runner/parameters.ts';
import { labs } from '../../../labs/registry.ts';
import { LabUnknownError } from '../../../labs/runner/errors.ts';
import { runLab } from '../../../labs/runner/run.ts';
import { labCommand, labMain, programOf } from '../../support/lab-command.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const home = homeAt(folder);
const labFiles = home.reports('10');
beforeEach(() => rmSync(path.join(folder, 'data'), { recursive: true, force: true }));

const atHome = ['--home', folder];
const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(labFiles, file), 'utf8')) as T;

test('students get their own numbers, always the same, from bounded sets', () => {
  const students = Array.from({ length: 40 }, (_, i) => ({ student: `s${i}` }));
  for (const each of labs) {
    const drawn = students.map((owner) => JSON.stringify(drawParameters(each, owner)));
    if (Object.keys(each.parameters).length > 0) expect(new Set(drawn).size).toBeGreaterThan(1);
    expect(drawParameters(each, students[3]!)).toEqual(drawParameters(each, students[3]!));
    for (const [name, value] of Object.entries(drawParameters(each, students[5]!)))
      expect(each.parameters[name]!.values).toContain(value);
  }
});

test('a lab runs from the prediction to the hand-in, and the same seed gives the same bytes', () => {
  const args = ['10', '--virtual', '--seed', '4', '--predict', '20,50,100', '--because', 'S / (1 - rho)', ...atHome];
  const first = labCommand(...args);
  expect(first).toMatchObject({ status: 0 });
  expect(first.stderr).toContain('PASS');
  const bytes = readFileSync(path.join(labFiles, 'result.json'), 'utf8');
  expect(labCommand(...args).status).toBe(0);
  expect(readFileSync(path.join(labFiles, 'result.json'), 'utf8')).toBe(bytes);
  const result = read<LabResult>('result.json');
  expect(result).toMatchObject({ lab: '10', verdict: 'PASS', labPassed: true, seed: 'seed-4/lab-10', hostNoise: null });
  expect(result.command).toBe('npm run lab -- 10 --virtual --seed 4');
  for (const key of ['predicted', 'theory', 'measured', 'n', 'low', 'high', 'confidence'])
    expect(result.rows[0]).toHaveProperty(key);
  expect(existsSync(home.journal)).toBe(false);
  expect(JSON.parse(readFileSync(home.progress, 'utf8'))).toMatchObject({ '10': { attempts: 2, passed: true } });
  const page = readFileSync(path.join(labFiles, 'index.html'), 'utf8');
  expect(page).toContain('<svg');
  expect(page).not.toMatch(/(src|href)="http/);
  expect(first.stderr).not.toContain('\u001B[');

  const handIn = path.join(labFiles, 'hand-in.json');
  expect(labCommand('verify', handIn)).toMatchObject({ status: 0 });
  expect(labCommand('explain', '10', '<b>The free time</b> is in the denominator.', ...atHome)).toMatchObject({
    status: 0,
  });
  expect(read<HandIn>('hand-in.json').explanation).toContain('is in the denominator');
  expect(readFileSync(path.join(labFiles, 'index.html'), 'utf8')).toContain('&lt;b&gt;The free time&lt;/b&gt;');
  expect(labCommand('verify', handIn)).toMatchObject({ status: 0 });
  const edited = { ...read<HandIn>('hand-in.json'), result: { ...result, predictionRight: true, because: 'I knew' } };
  writeFileSync(handIn, JSON.stringify(edited));
  const refused = labCommand('verify', handIn);
  expect(refused.status).toBe(1);
  expect(refused.stdout).toContain('edited');
  expect(labCommand('explain', '10', 'now it fits', ...atHome)).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('edited'),
  });
}, 60_000);

test('an edited prediction is seen, also with a receipt that fits', () => {
  const prediction = commit('10', [1, 2, 3], 'a guess');
  const result = { lab: '10' } as LabResult;
  const edited = { ...prediction, values: [20, 50, 100] };
  expect(receiptProblem({ result, prediction: edited, explanation: null, receipt: '' })).toContain(
    'prediction was edited',
  );
});

test('hints come one after the other, and reading them is recorded', () => {
  expect(labCommand('hint', '10', ...atHome).stdout).not.toContain('2. ');
  expect(labCommand('hint', '10', ...atHome).stdout).toContain('2. ');
  expect(JSON.parse(readFileSync(home.progress, 'utf8'))).toEqual({ '10': { attempts: 0, passed: false, hints: 2 } });
});

test.each([
  [['99'], 'there is no lab "99"'],
  [['10', '--virtual'], 'a prediction is wanted: --predict Nms,Nms,Nms --because TEXT'],
  [['10', '--virtual', '--predict', '1,2,3'], 'needs a reason'],
  [['10', '--virtual', '--predict', '1,2,soon', '--because', 'x'], 'a number is wanted'],
  [['10', '--seed', 'x'], "'--seed <number>' argument 'x' is invalid. a whole number"],
  [['10', '--attach', '--port-base', '80'], 'a whole number from 1024 to 31000 is wanted'],
  [['10', '--attach', '--yes'], '--attach works for 24, 25, 26'],
  [['audit', '--runs', '0'], 'a whole number from 1 is wanted'],
  [['serve', '--published-port', 'x'], "'--published-port <number>' argument 'x' is invalid"],
  [['10', '--live', '--virtual', '--yes'], 'exclude each other'],
  [['--seed', '1', 'all', '--yes'], '--seed has no effect before "all"'],
  [['10', '--nonsense'], "unknown option '--nonsense'\nExample: npm run lab -- 10\n"],
  [['10', 'extra'], '10, extra.\nExample: npm run lab -- 10\n'],
  [['hint'], "missing required argument 'lab'\nHelp: npm run lab -- hint --help\n"],
  [['all', '--yes', '--nonsense'], "unknown option '--nonsense'\nHelp: npm run lab -- all --help\n"],
  [['report', '06'], 'has no report yet'],
  [['explain', '06', 'because'], 'has no result yet'],
  [['explain', '06', ' '], 'an explanation is wanted'],
  [['verify', '/nowhere.json'], 'there is no file'],
  [['class', '/nowhere'], 'there is no folder'],
])('%j is called wrongly: one line and a command, exit code 3, no attempt', (args, why) => {
  const takesHome = !['verify', 'class'].includes(args[0]!);
  const { status, stderr } = labCommand(...args, ...(takesHome ? atHome : []));
  expect(status).toBe(3);
  expect(stderr).toContain(why);
  expect(stderr).toMatch(/^.+\n((Example|Help): npm run lab -- .+\n)?$/);
  expect(existsSync(home.progress)).toBe(false);
  expect(existsSync(home.journal)).toBe(false);
});

test('a reader of the list that ends early is no error', () => {
  const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${labMain}" list --home "${folder}" | head -c 1`], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
});

test('a lab without a cluster says how to start one that allows faults', () => {
  const { status, stderr } = labCommand('25', '--attach', '--yes', '--port-base', '1024', ...atHome);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^lab: --attach: no cluster .*\b1024\b.*\. This starts one: npm start -- --chaos$/m);
  expect(existsSync(home.journal)).toBe(false);
});

test('a lab beside a cluster in containers says how to start one', () => {
  const nobody = ['--cluster-host', '127.0.0.1', '--port-base', '1024'];
  const { status, stderr } = labCommand('25', '--attach', '--yes', ...nobody, ...atHome);
  expect(status).toBe(3);
  expect(stderr).toMatch(/--attach\b.*\b127\.0\.0\.1:1024\b.* TIERLAB_CHAOS=1 docker compose up --detach$/m);
  expect(existsSync(home.journal)).toBe(false);
});

test('a second runner is refused, and a killed one is cleaned up by restore', () => {
  labCommand('hint', '10', ...atHome);
  const journal = (runner: number) => JSON.stringify({ lab: '06', runner, phase: 'running' });
  writeFileSync(home.journal, journal(process.pid));
  const second = labCommand('10', '--virtual', '--yes', ...atHome);
  expect(second.status).toBe(3);
  expect(second.stderr).toMatch(new RegExp(`\\b06\\b.*\\b${process.pid}\\b`));
  expect(labCommand('restore', ...atHome).status).toBe(3);
  writeFileSync(home.journal, journal(2 ** 22 - 1));
  expect(labCommand('10', '--virtual', '--yes', ...atHome).stderr).toContain('npm run lab -- restore');
  expect(labCommand('restore', ...atHome).status).toBe(0);
  expect(existsSync(home.journal)).toBe(false);
  expect(labCommand('10', '--virtual', '--yes', ...atHome).status).toBe(0);
}, 60_000);

const labsFolder = path.resolve(import.meta.dirname, '../../../labs');

/** Runs lab 10 in a process that ends itself with SIGKILL in one phase. */
const dyingRunner = (phase: string): string => `
import { utilisation } from '${labsFolder}/10-utilisation/lab.ts';
import { homeAt } from '${labsFolder}/runner/home.ts';
import { runLab } from '${labsFolder}/runner/run.ts';
const dieIn = (own) => {
  if (own !== '${phase}') return;
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};
const lab = {
  ...utilisation,
  virtual: (...given) => (dieIn('running'), utilisation.virtual(...given)),
  explanation: (given) => (dieIn('verdict'), utilisation.explanation(given)),
};
const signal = new AbortController().signal;
const predict = async () => dieIn('prediction');
const on = () => {};
const home = homeAt('${folder}');
await runLab({ lab, form: 'virtual', owner: {}, home, signal, predict, on });
`;

test.each(['prediction', 'running', 'verdict'])(
  'kill -9 in the phase "%s": restore cleans up, no attempt is counted, and the lab starts again',
  (phase) => {
    expect(programOf(dyingRunner(phase)).signal).toBe('SIGKILL');
    const refused = labCommand('10', '--virtual', '--yes', ...atHome);
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('npm run lab -- restore') });
    expect(labCommand('restore', ...atHome)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`"${phase}"`),
    });
    expect([existsSync(home.journal), existsSync(home.progress)]).toEqual([false, false]);
    expect(labCommand('10', '--virtual', '--yes', ...atHome).status).toBe(0);
  },
  60_000,
);

test('Ctrl-C while a virtual run computes counts no attempt, and leaves nothing', () => {
  const interrupted = `
import { onInterrupt } from '${path.resolve(labsFolder, '../cli/interrupt.ts')}';
import { utilisation } from '${labsFolder}/10-utilisation/lab.ts';
import { homeAt } from '${labsFolder}/runner/home.ts';
import { runLab } from '${labsFolder}/runner/run.ts';
const virtual = (...given) => (process.kill(process.pid, 'SIGINT'), utilisation.virtual(...given));
const lab = { ...utilisation, virtual };
const predict = async () => undefined;
const options = { lab, form: 'virtual', owner: {}, home: homeAt('${folder}'), predict, on: () => {} };
await onInterrupt((signal) => runLab({ ...options, signal })).catch((error) => console.log(error.constructor.name));
`;
  const { stdout, stderr } = programOf(interrupted);
  expect(stdout.trim(), stderr).toBe('InterruptedError');
  expect([existsSync(home.progress), existsSync(home.journal)]).toEqual([false, false]);
});

test('a disk that is full makes the run unknown, whatever was being written', async () => {
  const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const lab10 = labs.find(({ id }) => id === '10')!;
  const run = runLab({
    lab: { ...lab10, virtual: () => Promise.reject(full) },
    form: 'virtual',
    owner: {},
    home,
    signal: new AbortController().signal,
    predict: () => Promise.resolve(undefined),
    on: () => undefined,
  });
  await expect(run).rejects.toBeInstanceOf(LabUnknownError);
  await expect(run).rejects.toThrow(home.state);
  await expect(run).rejects.toThrow(/\bfull\b/);
  expect([existsSync(home.progress), existsSync(home.journal)]).toEqual([false, false]);
});

test('a wrong prediction is named, value by value, and a lab without one asks for none', () => {
  const args = ['--virtual', ...atHome];
  const wrong = labCommand('10', '--predict', '20,50,1', '--because', 'a guess', ...args).stderr;
  expect(wrong).toMatch(/\b1 of 3\b.*\bW at rho = 0\.9\b/);
  expect(wrong).toMatch(/W at rho = 0\.5 +20 ms ✓/);
  expect(wrong).toMatch(/W at rho = 0\.9 +1 ms ✗/);
  expect(wrong).toContain('your prediction');
  const none = labCommand('10', '--yes', ...args).stderr;
  expect(none).not.toContain('your prediction');
  // Every check that is counted is also shown.
  const [, held] = /PASS {2}(\d+) of \d+ checks hold/.exec(none)!;
  expect(none.match(/^✓ .*: /gm)).toHaveLength(Number(held));
}, 60_000);

test('the list fits into 100 columns, and says how long each lab takes', () => {
  const { stdout } = labCommand('list', ...atHome);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  expect(stdout).toMatch(/^10 .* \d+ s /m);
});

test('a class is read: who passed, how predictions spread, what was edited', () => {
  const hand = path.join(folder, 'class');
  rmSync(hand, { recursive: true, force: true });
  labCommand('10', '--virtual', '--student', 'ada', '--predict', '20,50,100', '--because', 'formula', ...atHome);
  const text = readFileSync(path.join(labFiles, 'hand-in.json'), 'utf8');
  mkdirSync(hand);
  writeFileSync(path.join(hand, 'ada.json'), text);
  writeFileSync(path.join(hand, 'copy.json'), text);
  writeFileSync(path.join(hand, 'forged.json'), text.replace('"labPassed": true', '"labPassed": false'));
  writeFileSync(path.join(hand, 'broken.json'), '{');
  writeFileSync(path.join(hand, 'nothing.json'), 'null');
  writeFileSync(path.join(hand, 'prediction.json'), '{"prediction": {}}');
  const { status, stdout } = labCommand('class', hand);
  expect(status).toBe(0);
  expect(stdout).toMatch(/\b2 of 2\b/);
  expect(stdout).toMatch(/\bforged\.json\b.*\bedited\b/);
  for (const file of ['broken', 'nothing', 'prediction'])
    expect(stdout).toMatch(new RegExp(`\\b${file}\\.json\\b.*\\bcannot be read\\b`));
  expect(stdout).toMatch(/\bada\.json\b.*\bcopy\.json\b/);
}, 60_000);
