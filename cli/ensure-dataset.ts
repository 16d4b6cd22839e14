import { ensureDataset } from '../corpus/build.ts';
import { CorpusError } from '../corpus/errors.ts';
import { CommandError } from './errors.ts';
import { phaseName } from './import-report.ts';
import type { Terminal } from './terminal.ts';

/** Returns the folder of the data set with this number of shards. It is built first if it is missing or outdated. */
export async function ensureData(
  dataDir: string,
  shards: number,
  terminal: Terminal,
  { verifiable = true }: { verifiable?: boolean } = {},
): Promise<string> {
  try {
    const { datasetDir, pages, built } = await ensureDataset({
      dataDir,
      shards,
      verifiable,
      onProgress: ({ phase, done, total }) => terminal.progress(phaseName(phase), done, total ?? done),
    });
    terminal.settle();
    if (built)
      terminal.line(
        `${terminal.good('✓')} data set built${built === 'missing' ? '' : ` again, because it was ${built}`}: ` +
          `${pages.toLocaleString('en')} pages in ${shards === 1 ? 'one shard' : `${shards} shards`}`,
      );
    return datasetDir;
  } catch (error) {
    terminal.settle();
    if (error instanceof CorpusError) throw new CommandError(error.message);
    throw error;
  }
}
