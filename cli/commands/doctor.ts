import type { Command } from 'commander';
import { exitCodes } from '../../shared/exit-codes.ts';
import { withExamples } from '../command-line.ts';
import { runChecks } from '../doctor/checks.ts';
import { isWrong } from '../doctor/finding.ts';
import { gatherFacts } from '../doctor/gather.ts';
import { findingsInWords } from '../doctor/report.ts';
import { withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { printJson } from '../print-json.ts';

interface DoctorFlags extends ClusterFlags {
  readonly topology?: string;
  readonly bundle?: string | true;
  readonly json?: true;
}

const help = `
Exit code 0: nothing is wrong. 1: at least one problem. "doctor" changes nothing. It works with and without a
cluster.
The bundle is for somebody who helps you: findings, versions, settings, states, and the ends of all logs. Tokens, keys
and passwords are left out. The logs may contain queries of users.`;

export default function doctorCommand(command: Command): void {
  withExamples(
    withClusterOptions(command),
    ['doctor', 'what is wrong, and what to do'],
    ['doctor --topology tiny', 'before a small cluster is started'],
    ['doctor --bundle', 'everything that a lecturer needs, in one file'],
  )
    .option('-t, --topology <name>', 'the topology that you want to start (default: the running one, else multitier)')
    .option('--bundle [file]', 'also pack logs, states and versions into one .tar.gz file, without secrets')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', help)
    .action(run);
}

async function run(flags: DoctorFlags): Promise<void> {
  const place = { portBase: portBaseOf(flags.portBase), dataDir: dataDirOf(flags.data) };
  const { facts, topology } = await gatherFacts(place, flags.topology);
  const findings = runChecks(facts);
  const file = flags.bundle === true ? `tierlab-doctor-${place.portBase}.tar.gz` : flags.bundle;
  if (file !== undefined) {
    const { writeBundle } = await import('../doctor/bundle.ts');
    await writeBundle(file, facts, topology, findings);
  }
  if (flags.json) printJson({ wrong: isWrong(findings), findings, bundle: file });
  else {
    const terminal = createTerminal(process.stdout);
    terminal.line(findingsInWords(findings, terminal));
    if (file !== undefined) terminal.line(`\nThe bundle is in ${file}. It holds no tokens, keys or passwords.`);
  }
  if (isWrong(findings)) process.exitCode = exitCodes.failed;
}
