import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { LockOptions } from './lock.ts';
import type { CorpusPage } from './page.ts';
import { changeSources, draftName, importsDir, type CorpusSources } from './sources.ts';
import { makeFolder } from '../shared/make-folder.ts';

export interface CommitOptions extends LockOptions {
  readonly name: string;
  /** The imported file, folder or address, as the user wrote it. */
  readonly from: string;
  /** Leaves WordNet out, until `resetSources` brings it back. */
  readonly replace?: boolean | undefined;
}

/** An import that is being written. It does not count before `commit`. */
export interface ImportWriter {
  readonly add: (page: CorpusPage) => void;
  readonly pages: () => number;
  /** Makes the import count, in place of an earlier one of this name. Returns the sources as they are now. */
  readonly commit: (options: CommitOptions) => Promise<CorpusSources>;
  /** Removes the unfinished import. It has no effect after `commit`. */
  readonly discard: () => void;
}

const bufferCharacters = 1 << 18;
let sequence = 0;

export function createImportWriter(dataDir: string): ImportWriter {
  makeFolder(importsDir(dataDir));
  const draft = path.join(importsDir(dataDir), draftName(++sequence));
  let handle: number | undefined = openSync(draft, 'w');
  const content = createHash('sha256');
  let lines: string[] = [];
  let waiting = 0;
  let pages = 0;

  function flush(): void {
    const bytes = Buffer.from(lines.join(''));
    content.update(bytes);
    for (let written = 0; written < bytes.length;) written += writeSync(handle!, bytes, written);
    lines = [];
    waiting = 0;
  }

  function close(): void {
    if (handle !== undefined) closeSync(handle);
    handle = undefined;
  }

  return {
    add({ id, title, body, keywords, url, links }) {
      // The id comes first, so that readers of other pages need not parse the rest.
      const line = `${JSON.stringify({ id, title, body, keywords, url, links })}\n`;
      lines.push(line);
      pages++;
      waiting += line.length;
      if (waiting >= bufferCharacters) flush();
    },
    pages: () => pages,
    async commit({ name, from, replace, ...lock }) {
      flush();
      fsyncSync(handle!);
      close();
      const sha256 = content.digest('hex');
      const file = `${name}.${sha256.slice(0, 12)}.jsonl`;
      return changeSources(dataDir, lock, (sources) => {
        renameSync(draft, path.join(importsDir(dataDir), file));
        const others = sources.imports.filter((entry) => entry.name !== name);
        return {
          default: sources.default && replace !== true,
          imports: [...others, { name, file, pages, sha256, from }],
        };
      });
    },
    discard() {
      close();
      rmSync(draft, { force: true });
    },
  };
}
