import { Option, type Command } from 'commander';
import { refuseOthers, withExamples } from '../command-line.ts';
import { inject } from '../chaos/inject.ts';
import { bathtub } from '../chaos/bathtub/command.ts';
import { matrix } from '../chaos/matrix/command.ts';
import { heal, halt, journal, listFaultKinds, listFaults } from '../chaos/manage.ts';
import { runNamedExperiment } from '../chaos/run.ts';
import { whatUndoMeans } from '../chaos/messages.ts';
import { parseCount, withClusterOptions } from '../options.ts';

const whenTaken = `
A cluster takes faults only when it was started with --chaos, in containers with TIERLAB_CHAOS=1.`;

/** `tierlab chaos ...`: breaks things on purpose, within rules (services/chaos/README.md). */
export default function chaosCommand(command: Command): void {
  withExamples(
    command.addHelpText('after', whenTaken),
    ['up --chaos --detach'],
    ['chaos kinds'],
    ['chaos inject limp.latency --target ranking-2 --mean-ms 400 --ttl 30s --seed 7'],
    ['chaos list'],
    ['chaos run one-ranking-limps'],
    ['chaos halt'],
  );
  refuseOthers(command, 'chaos');
  inject(command.command('inject'));
  const add = (usage: string, summary: string, example = usage): Command =>
    withExamples(withClusterOptions(command.command(usage).description(summary).exitOverride()), [`chaos ${example}`]);
  add('list', 'the faults in effect, and what they do')
    .option('--ended', 'also the faults that have ended')
    .option('--json', 'one JSON document on stdout')
    .action(listFaults);
  add('heal <id>', 'end one fault', 'heal f1').action(heal);
  add('halt', 'end all faults and experiments at once; works without the controller')
    .option('--json', 'one JSON document on stdout')
    .action(halt);
  add('run <experiment>', 'run an experiment: a name in chaos/experiments/, or a file', 'run one-ranking-limps')
    .option('--dry-run', 'only show all steps, and the rules that they break; exit code 1 if they break one')
    .option('--json', 'one JSON document on stdout')
    .action(runNamedExperiment);
  add('journal', 'the log of injected faults, from its file; works without a cluster')
    .option('--count <n>', 'how many of the last lines', parseCount, 40)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', `\n${whatUndoMeans}; "heal" says that the fault ended, and why.`)
    .action(journal);
  add('bathtub', 'kill processes by the bathtub curve, and compare their failure rates with theory')
    .option('--simulate', 'without a cluster: only draw lifetimes')
    .option('--parts <n>', 'how many lives are simulated', parseCount, 500)
    .option(
      '--components <a,b>',
      'without --simulate: the processes with these components are killed',
      'query,ranking,html',
    )
    .option(
      '--duration <time>',
      'length of the run (default: 2m); with --simulate, length of each life (default: 400s)',
    )
    .option('--seed <n>', 'the same seed gives the same lives', '1')
    .option('--json', 'one JSON document on stdout')
    .action(bathtub);
  add('matrix', 'inject every kind of fault in turn: its effect, the diagnosis of the cluster, and what users notice')
    .option('--kinds <a,b>', 'only these kinds')
    .option('--wait <time>', 'how long the cluster may take to name each fault', '10s')
    .addOption(
      new Option(
        '--votes <when>',
        'always: votes on every answer, if all tiers have two replicas; as-is: votes as the policy says',
      )
        .choices(['always', 'as-is'])
        .default('always'),
    )
    .option('-t, --topology <name>', 'the topology to start if no cluster is running', 'multitier')
    .option('--json', 'one JSON document on stdout')
    .action(matrix);
  command
    .command('kinds')
    .description('every kind of fault and its parameters')
    .exitOverride()
    .option('--json', 'one JSON document, with the schema of all parameters')
    .action(listFaultKinds);
}
