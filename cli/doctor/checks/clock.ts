import type { DoctorCheck } from '../facts.ts';

/** File systems of other machines may be this far ahead, ms. */
const tolerance = 60_000;

/** A file cannot have been changed in the future, so the clock has gone back since, or was wrong then. */
export const clockCheck: DoctorCheck = ({ now, newestFile }) => {
  const time = new Date(now).toISOString();
  if (newestFile === undefined || newestFile.changedAt <= now + tolerance)
    return { check: 'clock', level: 'ok', found: time };
  return {
    check: 'clock',
    level: 'problem',
    found: `it says ${time}, but ${newestFile.file} was changed at ${new Date(newestFile.changedAt).toISOString()}`,
    todo: 'Set the clock of this machine. This shows its time: date -u',
  };
};
