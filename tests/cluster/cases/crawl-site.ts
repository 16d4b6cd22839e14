import { crawl, type CrawlOptions } from '../../../corpus/crawl/crawl.ts';
import { importedPages } from '../../unit/corpus/helpers.ts';
import { startSite, type Route } from '../crawl/server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Crawls a site on this machine; answers with what was asked for and what was taken. */
export async function crawlSite(routes: Record<string, Route>, start = '/', options: Partial<CrawlOptions> = {}) {
  const site = await startSite(routes);
  const dataDir = temporaryFolder();
  const report = await crawl(site.origin + start, { dataDir, name: 'site', ...options });
  const pages = importedPages(dataDir);
  return {
    site,
    report,
    pages,
    ids: pages.map((page) => page.id),
    titles: pages.map((page) => page.title),
    reasons: Object.fromEntries(report.reasons.map(({ reason, count }) => [reason, count])),
  };
}

export function linksTo(...hrefs: string[]): string {
  return hrefs.map((href) => `<a href="${href.replaceAll('&', '&amp;')}">x</a>`).join(' ');
}
