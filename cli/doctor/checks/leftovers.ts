import { quoted } from '../../command-line.ts';
import type { DoctorCheck } from '../facts.ts';
import type { Finding } from '../finding.ts';

const check = 'earlier clusters';

/** Run files and processes of clusters that did not end in an orderly way. */
export const leftovers: DoctorCheck = ({ orphans, deadRuns }) => {
  const findings: Finding[] = deadRuns.map(({ file, pid, reusedBy }) =>
    reusedBy === undefined
      ? {
          check,
          level: 'note',
          found: `the cluster of process ${pid} did not end in an orderly way`,
          todo: `The next start replaces its run file. This removes it: rm ${quoted(file)}`,
        }
      : {
          check,
          level: 'problem',
          found: `${file} names process ${pid}, which is now another program (${reusedBy.slice(0, 80)})`,
          todo: `Remove the run file: rm ${quoted(file)}`,
        },
  );
  if (orphans.length > 0) {
    const names = orphans.map(({ words }) => words[words.indexOf('run-node') + 1]).join(', ');
    findings.push({
      check,
      level: 'problem',
      found: `nodes run without a watchdog: ${names}`,
      todo: `End them: kill ${orphans.map(({ pid }) => pid).join(' ')}`,
    });
  }
  return findings.length > 0 ? findings : [{ check, level: 'ok', found: 'nothing is left of them' }];
};
