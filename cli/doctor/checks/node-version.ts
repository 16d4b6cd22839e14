import type { DoctorCheck } from '../facts.ts';

/** The oldest major version of Node.js that runs the nodes. */
const oldestMajor = 26;

export const nodeVersion: DoctorCheck = ({ nodeVersion: version }) =>
  Number.parseInt(version, 10) >= oldestMajor
    ? [{ check: 'Node.js', level: 'ok', found: version }]
    : [
        {
          check: 'Node.js',
          level: 'problem',
          found: `version ${version} is too old: Tierlab needs ${oldestMajor}`,
          todo: 'Start Tierlab through npm, which has the right version: npm run -s tierlab -- doctor',
        },
      ];
