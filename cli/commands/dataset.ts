import { InvalidArgumentError, type Command } from 'commander';
import { identitySecret } from '../../shared/security/node-keys.ts';
import { withExamples } from '../command-line.ts';
import { ensureData } from '../ensure-dataset.ts';
import { parseCount, parseFolder } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { createTerminal } from '../terminal.ts';

/** Far more than any topology has; each is a database file and an index of its own. */
const mostShards = 64;

function parseShards(text: string): number {
  const count = parseCount(text);
  if (count > mostShards) throw new InvalidArgumentError(`no more than ${mostShards} are wanted.`);
  return count;
}

/** The first step of `up`, as a command: in containers one process builds the data set and many read it. */
export default function datasetCommand(command: Command): void {
  withExamples(command, ['dataset --shards 2'])
    .option('--data <dir>', 'the folder of data sets (default ./data)', parseFolder)
    .option('--shards <n>', 'how many shards to make', parseShards, 2)
    .action(async (flags: { data?: string; shards: number }) => {
      const dataDir = dataDirOf(flags.data);
      // Create the secret now: the other containers read this folder, and cannot write to it.
      identitySecret(dataDir);
      const dir = await ensureData(dataDir, flags.shards, createTerminal(process.stderr));
      process.stdout.write(`${dir}\n`);
    });
}
