import { clockCheck } from './checks/clock.ts';
import { disk } from './checks/disk.ts';
import { fileLimit } from './checks/file-limit.ts';
import { lastErrors } from './checks/last-errors.ts';
import { leftovers } from './checks/leftovers.ts';
import { memory } from './checks/memory.ts';
import { nodes } from './checks/nodes.ts';
import { nodeVersion } from './checks/node-version.ts';
import { ports } from './checks/ports.ts';
import { proxies } from './checks/proxies.ts';
import type { DoctorCheck, Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** The machine first, then the cluster. */
const checks: readonly DoctorCheck[] = [
  nodeVersion,
  memory,
  disk,
  fileLimit,
  clockCheck,
  proxies,
  ports,
  leftovers,
  nodes,
  lastErrors,
];

export const runChecks = (facts: Facts): readonly Finding[] => checks.flatMap((check) => check(facts));
