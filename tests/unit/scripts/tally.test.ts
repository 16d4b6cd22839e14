import type { TestModule } from 'vitest/node';
import { expect, test } from 'vitest';
import { tally } from '../../../scripts/tally.ts';

type State = 'passed' | 'failed' | 'skipped';

/** A test module as the reporter sees it. */
function moduleOf(states: readonly State[], errors = 0): TestModule {
  const tests = states.map((state, i) => ({
    fullName: `test ${i}`,
    result: () => (state === 'skipped' ? { state, note: 'no engine' } : { state }),
  }));
  return {
    errors: () => Array.from({ length: errors }, () => ({})),
    children: { allTests: () => tests },
  } as unknown as TestModule;
}

function lastWords(modules: readonly TestModule[], unhandled = 0): string {
  let text = '';
  let end = (): void => {};
  const reporter = tally({ write: (words) => (text += words), atExit: (then) => (end = then) });
  void reporter.onTestRunEnd?.(
    modules,
    Array.from({ length: unhandled }, () => ({ message: 'boom' })),
    'passed',
  );
  end();
  return text;
}

test('a run closes with the number of passed and failed tests alone on the last line', () => {
  expect(lastWords([moduleOf(['passed', 'failed']), moduleOf(['passed'])])).toBe('2 passed, 1 failed\n');
});

test('skipped tests are named with their reason before the last line', () => {
  expect(lastWords([moduleOf(['passed', 'skipped'])])).toBe('skipped: test 1 (no engine)\n1 passed, 0 failed\n');
});

test('a file that does not load and an error outside of any test are failures', () => {
  expect(lastWords([moduleOf([], 1), moduleOf(['passed'])], 1)).toBe('1 passed, 2 failed\n');
});
