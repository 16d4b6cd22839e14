import type { Reporter } from 'vitest/node';

interface Edge {
  readonly write: (text: string) => void;
  /** Calls `then` when everything else has been printed. */
  readonly atExit: (then: () => void) => void;
}

const processEdge: Edge = {
  write: (text) => process.stdout.write(text),
  atExit: (then) => process.once('exit', then),
};

/**
 * Prints `N passed, N failed` as the last line of a test run, for people and for CI. Before it, skipped tests are
 * listed with their reason. A file that does not load, and an error outside of any test, count as one failure each.
 */
export function tally({ write, atExit }: Edge = processEdge): Reporter {
  let line = '';
  atExit(() => write(line));
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
          else
            skipped.push(
              `skipped: ${test.fullName}${result.state === 'skipped' && result.note ? ` (${result.note})` : ''}\n`,
            );
        }
      }
      line = `${skipped.join('')}${passed} passed, ${failed} failed\n`;
    },
  };
}
