import { expect, test } from 'vitest';
import { auditHolds, auditLab } from '../../labs/commands/audit.ts';
import { labs } from '../../labs/registry.ts';

/** The long form of tests/unit/labs: what `npm run lab -- audit` prints. */
test.each(labs.filter(({ virtual, madeUp }) => virtual ?? madeUp).map((lab) => [lab.id, lab] as const))(
  'lab %s: at most 1 of 1,000 correct runs fails, and no other run passes',
  async (_, lab) => {
    const audit = await auditLab(lab, 1_000, 20);
    expect(auditHolds(audit), JSON.stringify(audit)).toBe(true);
  },
);
