import { expect, test } from 'vitest';
import { covers } from '../../../scripts/lib/install.mjs';
import { judge } from '../../../scripts/lib/runtime.mjs';

const lock = {
  '': { name: 'tierlab' },
  'node_modules/fastify': { version: '5.0.0', integrity: 'sha512-a' },
  'node_modules/@esbuild/darwin-arm64': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};
const installed = { 'node_modules/fastify': { version: '5.0.0', integrity: 'sha512-a' } };

test('packages for other platforms may be absent', () => {
  expect(covers(installed, lock)).toBe(true);
});

test.each([
  ['missing', {}],
  ['of another version', { 'node_modules/fastify': { version: '5.0.1', integrity: 'sha512-a' } }],
  ['of other content', { 'node_modules/fastify': { version: '5.0.0', integrity: 'sha512-z' } }],
])('a package that is %s asks for an installation', (_, have) => {
  expect(covers(have, lock)).toBe(false);
});

const debian = { family: ['debian'] };
const noLibatomic = {
  status: 127,
  stderr: 'node: error while loading shared libraries: libatomic.so.1: cannot open shared object file',
};

test('a Node.js that runs is accepted', () => {
  expect(judge({ status: 0, stdout: 'v26.10.0\n', stderr: '' }, debian)).toBeUndefined();
});

test.each([
  [['debian'], 'sudo apt-get install -y libatomic1'],
  [['ubuntu', 'debian'], 'sudo apt-get install -y libatomic1'],
  [['fedora'], 'sudo dnf install -y libatomic'],
  [['nixos'], 'Debian, Ubuntu: libatomic1; Fedora: libatomic'],
])('a missing libatomic on %s gets the command that brings it', (family, command) => {
  expect(judge(noLibatomic, { family })).toContain(command);
});

test('a system without glibc is told about Docker', () => {
  expect(judge({ status: null, error: { code: 'ENOENT', message: 'spawn ENOENT' } }, { family: ['alpine'] })).toContain(
    'docker compose up',
  );
});

test('a Node.js that did not come is told apart from one that does not run', () => {
  expect(judge(undefined, debian)).toContain('npm rebuild node');
  expect(judge({ status: 1, stderr: 'GLIBC_2.28 not found\nmore' }, debian)).toMatch(
    /does not run here: GLIBC_2.28 not found$/,
  );
});
