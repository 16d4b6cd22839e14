import type { Terminal } from '../terminal.ts';
import type { Finding } from './finding.ts';

/** One line per finding, and below it what to do. */
export function findingsInWords(
  findings: readonly Finding[],
  terminal: Pick<Terminal, 'good' | 'warn' | 'bad' | 'bold'>,
): string {
  const marks = { ok: terminal.good('✓'), note: terminal.warn('!'), problem: terminal.bad('✗') };
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, level, found, todo }) => [
    `${marks[level]} ${check.padEnd(width)}  ${found}`,
    ...(todo === undefined ? [] : [`  ${' '.repeat(width)}  ${todo}`]),
  ]);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const verdict = problems === 0 ? 'nothing is wrong' : problems === 1 ? '1 problem' : `${problems} problems`;
  return [...lines, '', terminal.bold(verdict)].join('\n');
}
