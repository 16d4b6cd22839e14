import type { RunFlags } from './cli-options.ts';
import { loadError } from './errors.ts';

/** Options that need other options to have an effect. An option without effect is a mistake, and the error names it. */
export function refuseIdle(urlGiven: boolean, flags: RunFlags): void {
  const open = flags.rate ?? flags.stages ?? flags.recorded;
  const named = flags.workload !== undefined || (!urlGiven && (flags.scenario ?? flags.requests) === undefined);
  const wordy = named || flags.scenario !== undefined;
  const walk = flags.workload === 'walk';
  const rules: [option: string, value: unknown, works: boolean, needs: string][] = [
    ['--think', flags.think, open === undefined, 'a closed loop: leave out -R, --stages and --recorded'],
    ['--speed', flags.speed, flags.recorded !== undefined, '--recorded'],
    ['--depth', flags.depth, walk, '--workload walk'],
    ['--pause', flags.pause, walk, '--workload walk'],
    ['--zipf', flags.zipf, named, 'a named workload, such as --workload search'],
    ['--words', flags.words, wordy, 'a named workload or a scenario'],
    ['--vocabulary', flags.vocabulary, wordy, 'a named workload or a scenario'],
  ];
  for (const [option, value, works, needs] of rules)
    if (value !== undefined && !works)
      throw loadError('bad_argument', `${option} has no effect here: it needs ${needs}`);
}
