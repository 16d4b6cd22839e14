/**
 * Tests the first steps of a newcomer: `npm start`, a search in the page and through the API, the status, Ctrl-C. Then
 * no process may be left. Runs on any Node.js from 20. Prints each check, and then `newcomer: N passed, N failed`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const startBoundMs = 180_000;
const stopBoundMs = 30_000;
const page = 'http://localhost:8080/search?q=domestic+dog';
const api = 'http://localhost:8000/api/search?q=domestic+dog&size=3';
/** The page about the dog: the first answer that a search for it must give. */
const dog = 'n02086723';

const folder = mkdtempSync(path.join(tmpdir(), 'tierlab-newcomer-'));
const logFile = path.join(folder, 'npm-start.log');
let passed = 0;
let failed = 0;
let pids = [];

function check(what, good, detail = '') {
  if (good) passed++;
  else failed++;
  process.stdout.write(`${good ? 'ok    ' : 'FAILED'} ${what}${good || detail === '' ? '' : `: ${detail}`}\n`);
  return good;
}

/** Asks until `probe` gives something; undefined after `boundMs`. */
async function until(probe, boundMs) {
  const endsAt = performance.now() + boundMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > endsAt) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function textOf(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

/** `npm run -s tierlab -- status --json` */
function status() {
  const { stdout } = spawnSync('npm', ['run', '-s', 'tierlab', '--', 'status', '--json'], { encoding: 'utf8' });
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Whether something listens on the port. */
const taken = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.destroy() && resolve(true)).once('error', () => resolve(false));
  });

// a process group of its own, as a terminal gives one: Ctrl-C goes to all of it
const log = openSync(logFile, 'a');
const startedAt = performance.now();
const npm = spawn('npm', ['start'], { stdio: ['ignore', log, log], detached: true });
/** How it ended: an exit code or a signal. */
let ended = '';
npm.once('exit', (code, signal) => (ended = String(signal ?? code)));
const interrupt = (signal) => {
  try {
    process.kill(-Number(npm.pid), signal);
  } catch {
    // the group has gone
  }
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
process.once('exit', () => {
  if (ended === '') interrupt('SIGKILL');
  for (const pid of pids.filter(alive)) process.kill(pid, 'SIGKILL');
});

const html = await until(async () => {
  if (ended !== '') return '';
  const text = await textOf(page);
  return text?.includes(`/page/${dog}`) ? text : undefined;
}, startBoundMs);
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
if (
  check(
    `npm start answers a search at ${page} (after ${seconds} s)`,
    Boolean(html),
    ended === '' ? 'no correct answer in time' : `npm start ended (${ended})`,
  )
) {
  const answer = await until(async () => {
    const text = await textOf(api);
    return text === undefined ? undefined : JSON.parse(text);
  }, 10_000);
  check('the API gives the same first result', answer?.results[0]?.id === dog, JSON.stringify(answer)?.slice(0, 300));

  const ready = await until(() => {
    const seen = status();
    return seen?.nodes.every((node) => node.state === 'ready') ? seen : undefined;
  }, 10_000);
  const { nodes = [] } = ready ?? status() ?? {};
  pids = nodes.map((node) => node.pid).filter(Number.isInteger);
  check(
    '21 processes run, each its own',
    new Set(pids).size === 21 && pids.every(alive),
    `${pids.length} pids: ${pids.join(' ')}`,
  );
  check(
    'all of them are ready',
    nodes.length === 21 && nodes.every((node) => node.state === 'ready'),
    nodes.map((node) => `${node.id} ${node.state}`).join(', '),
  );

  interrupt('SIGINT');
  await until(async () => (ended === '' ? undefined : true), stopBoundMs);
  check('Ctrl-C ends it', ended !== '', 'still running');
  const left = (await until(async () => (pids.some(alive) ? undefined : []), 5_000)) ?? pids.filter(alive);
  check('no process is left', left.length === 0, left.join(' '));
  const ports = nodes.flatMap((node) => [node.port, node.opsPort]).concat(7000);
  const open = [];
  for (const port of ports) if (await taken(port)) open.push(port);
  check(`none of the ${ports.length} ports is left`, open.length === 0, open.join(' '));
  check('no cluster is known any more', status() === undefined || status().nodes.length === 0);
}
if (failed > 0) process.stdout.write(`--- what npm start said\n${readFileSync(logFile, 'utf8').slice(-8_000)}\n---\n`);
rmSync(folder, { recursive: true, force: true });
process.stdout.write(`newcomer: ${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
