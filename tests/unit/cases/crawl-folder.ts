import { crawl } from '../../../corpus/crawl/crawl.ts';
import { importedPages, put } from '../corpus/helpers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Crawls a folder with these files; answers with what was taken. */
export async function crawlFolder(files: Record<string, string | Uint8Array>) {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) put(folder, name, content);
  const dataDir = temporaryFolder();
  const report = await crawl(folder, { dataDir, name: 'docs' });
  const pages = importedPages(dataDir);
  return {
    dataDir,
    report,
    pages,
    titles: pages.map((page) => page.title),
    bodies: pages.map((page) => page.body),
    reasons: Object.fromEntries(report.reasons.map(({ reason, count }) => [reason, count])),
  };
}

export function html(title: string, body: string, head = ''): string {
  return `<!doctype html><html><head><title>${title}</title>${head}</head><body>${body}</body></html>`;
}
