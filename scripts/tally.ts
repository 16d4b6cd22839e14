import type { Reporter } from 'vitest/node';

/**
 * Closes a test run with one line, `N passed, N failed`, alone at its end, for people and for CI. Skipped tests are named
 * with their reason before it, so that nothing is left out in silence. A file that does not load and an error outside of any test
 * count as one failure each.
 */
export function tally(write: (text: string) => void = (text) => process.stdout.write(text)): Reporter {
  let line = '';
  process.once('exit', () => write(line));
  return {
    onTestRunEnd(modules, unhandledErrors) {
      let passed = 0;
      let failed = unhandledErrors.length;
      const skipped: string[] = [];
      for (const module of modules) {
        if (module.errors().length > 0) failed++;
        for (const test of module.children.allTests()) {
          const result = test.result();
          if (result.state === 'passed') passed++;
          else if (result.state === 'failed') failed++;
          else skipped.push(`skipped: ${test.fullName}${result.state === 'skipped' && result.note ? ` (${result.note})` : ''}\n`);
        }
      }
      line = `${skipped.join('')}${passed} passed, ${failed} failed\n`;
    },
  };
}
