import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { entryScript } from '../paths.ts';
import type { Facts } from './facts.ts';

export type Machine = Pick<Facts, 'availableMemory' | 'freeDisk' | 'fileLimit' | 'hasDataset' | 'newestFile'>;

/** Measures what a cluster with this data folder would find. */
export async function measureMachine(dataDir: string, logDir: string): Promise<Machine> {
  return {
    availableMemory: process.availableMemory(),
    freeDisk: await freeDiskOf(dataDir),
    fileLimit: fileLimit(),
    hasDataset: filesIn(path.join(dataDir, 'datasets')).length > 0,
    newestFile: newestOf([entryScript(), ...filesIn(logDir), ...filesIn(path.join(dataDir, 'run'))]),
  };
}

/** The data folder may not exist yet: then the folder in which it will be made counts. */
async function freeDiskOf(folder: string): Promise<number | undefined> {
  const parent = path.dirname(folder);
  if (!existsSync(folder) && parent !== folder) return freeDiskOf(parent);
  const disk = await statfs(folder).catch(() => undefined);
  return disk && disk.bavail * disk.bsize;
}

/** When Node.js starts, it raises the soft limit to the hard limit. This function returns the raised limit. */
function fileLimit(): number | undefined {
  // Looking up the names of this process's connections could take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { readonly userLimits?: { readonly open_files?: { soft: unknown } } };
  const limit = report.userLimits?.open_files?.soft;
  return limit === 'unlimited' ? Infinity : typeof limit === 'number' ? limit : undefined;
}

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];

function newestOf(files: readonly string[]): Facts['newestFile'] {
  const dated = files.flatMap((file) => {
    const changedAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    return changedAt === undefined ? [] : [{ file, changedAt }];
  });
  return dated.toSorted((a, b) => b.changedAt - a.changedAt)[0];
}
