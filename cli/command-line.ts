import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Command } from 'commander';
import { defaultPortBase, isPortBase } from '../shared/cluster/ports.ts';
import { UsageError } from './errors.ts';
import { dataDirOf, entryScript } from './paths.ts';

/** The place where a command looks for its cluster. */
export interface ClusterPlace {
  readonly portBase?: number | undefined;
  readonly dataDir?: string | undefined;
}

/**
 * A command that can be pasted into the shell from which this one was started: through npm if npm started it, else with
 * the same script. It names the cluster, unless that is the default one.
 */
export function tierlab(words: string, place: ClusterPlace = {}): string {
  const script = path.relative(process.cwd(), entryScript());
  const start = process.env.npm_lifecycle_event === undefined ? `node ${quoted(script)}` : 'npm run -s tierlab --';
  return `${start} ${words}${placeFlags(place)}`;
}

/** The flags that lead a command to a cluster, each after a space; empty for the default cluster. */
export function placeFlags({ portBase = defaultPortBase, dataDir }: ClusterPlace): string {
  const port = portBase === defaultPortBase ? '' : ` --port-base ${portBase}`;
  const data = dataDir === undefined || dataDir === dataDirOf(undefined, {}) ? '' : ` --data ${quoted(dataDir)}`;
  return `${port}${data}`;
}

/** The place that the command line of this process names. Commands in messages repeat it, to find the same cluster. */
export function namedPlace(): ClusterPlace {
  const options = { 'port-base': { type: 'string' }, data: { type: 'string' } } as const;
  const { data, 'port-base': port } = parseArgs({ options, strict: false }).values;
  return {
    portBase: typeof port === 'string' && isPortBase(port) ? Number(port) : undefined,
    dataDir: typeof data === 'string' && data !== '' ? dataDirOf(data) : undefined,
  };
}

/** Adds examples to the command's help, and the first one to its messages about wrong usage. */
export function withExamples(
  command: Command,
  ...examples: readonly (readonly [words: string, says?: string])[]
): Command {
  const width = Math.max(...examples.map(([words]) => words.length));
  const lines = examples.map(
    ([words, says]) => `  $ ${tierlab(says === undefined ? words : words.padEnd(width))}${says ? `   ${says}` : ''}`,
  );
  return command
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
    .showHelpAfterError(`Example: ${tierlab(examples[0]![0], takesPlace(command) ? namedPlace() : {})}`);
}

const takesPlace = ({ options }: Command): boolean => options.some(({ long }) => long === '--port-base');

/** Refuses a word that is none of the subcommands, and names them. The parser would only call it unknown. */
export function refuseOthers(command: Command, name: string): void {
  command.on('command:*', ([word]: readonly string[]) => {
    const names = command.commands.map((subcommand) => subcommand.name()).join(', ');
    throw new UsageError(
      `there is no command "${name} ${word}"; there are ${names}\nHelp: ${tierlab(`${name} --help`)}`,
    );
  });
}

/** A word as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
