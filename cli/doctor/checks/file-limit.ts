import type { DoctorCheck } from '../facts.ts';

/** A public door under load holds several hundred connections, and the benchmark opens more. */
const leastFiles = 1_024;

export const fileLimit: DoctorCheck = ({ fileLimit: limit }) => {
  if (limit === undefined) return [];
  if (limit >= leastFiles)
    return { check: 'open files', level: 'ok', found: `a process may open ${limit.toLocaleString('en')}` };
  return {
    check: 'open files',
    level: 'problem',
    found: `a process may open only ${limit} files and connections`,
    todo: 'Raise the limit in this shell, then start Tierlab again: ulimit -n 4096',
  };
};
