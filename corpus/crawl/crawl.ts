import { basename, resolve } from 'node:path';
import { systemClock, type Clock } from '../../shared/time/clock.ts';
import { systemScheduler } from '../../shared/time/scheduler.ts';
import { inPlainWords, throwIfCancelled } from '../errors.ts';
import { createImportWriter } from '../import-writer.ts';
import type { LockOptions } from '../lock.ts';
import { importName } from '../names.ts';
import type { OnProgress } from '../progress.ts';
import { createSkipList, nothingValid, importReport, type ImportReport } from '../report.ts';
import { requestedAddress } from './address.ts';
import { openFolder } from './folder.ts';
import { toPages } from './graph.ts';
import { openSite } from './site.ts';
import { visit } from './visit.ts';

export interface CrawlOptions extends LockOptions {
  readonly dataDir: string;
  /** The name of the import; it replaces an earlier import of this name. Default: made from the target. */
  readonly name?: string | undefined;
  /** Leaves WordNet out. */
  readonly replace?: boolean | undefined;
  /** The crawl stops after this number of pages and keeps them. */
  readonly maxPages?: number | undefined;
  readonly maxPageBytes?: number | undefined;
  /** The crawl stops after this time and keeps its pages, ms. */
  readonly timeLimitMs?: number | undefined;
  /** Hosts other than this machine that may be crawled. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Least time between two requests, ms; see SiteOptions. */
  readonly delayMs?: number | undefined;
  /** How long one page may take to arrive, ms. */
  readonly timeoutMs?: number | undefined;
  /** `done` = addresses that were requested, `total` = addresses known so far; both grow. */
  readonly onProgress?: OnProgress | undefined;
  readonly clock?: Clock | undefined;
}

export interface CrawlReport extends ImportReport {
  /** Why the crawl stopped early; undefined when it visited all addresses. */
  readonly stopped?: string | undefined;
}

/**
 * Imports the HTML pages of a folder or of a site. Files that are no pages, forbidden or broken pages, and duplicates
 * are left out and reported. The import counts when this function returns; a failure or an abort changes nothing.
 *
 *     folder | site --> fetch --> decode --> extract --> contents, redirects --> pages --> import
 *                         ^                     |
 *                         +--- new addresses ---+
 *
 * Throws CorpusError: `not_found`, `bad_target`, `bad_name`, `not_allowed`, `nothing_valid`, `failed`, `cancelled`.
 */
export async function crawl(target: string, options: CrawlOptions): Promise<CrawlReport> {
  const { dataDir, signal, onWait, onProgress, replace } = options;
  const { clock = systemClock, scheduler = systemScheduler, allowHosts = [], delayMs } = options;
  const { maxPages = 20_000, maxPageBytes = 5_000_000, timeoutMs = 10_000, timeLimitMs = Infinity } = options;
  const isSite = /^\s*[a-z][a-z0-9+.-]+:\/\//i.test(target);
  // A password in the address must not become part of a name or of the manifest.
  const from = (isSite && requestedAddress(target.trim())) || target;
  const name = importName(
    options.name ?? (isSite ? from.replace(/^\w+:\/\//, '') : basename(resolve(target))),
    options.name !== undefined,
  );
  const skipped = createSkipList();
  try {
    const origin = await (isSite
      ? openSite(target, { allowHosts, maxPageBytes, timeoutMs, delayMs, clock, scheduler, signal })
      : openFolder(target, { maxPageBytes, signal }));
    const { visited, moved, stopped } = await visit(
      origin,
      { maxPages, timeLimitMs, clock, signal, onProgress },
      skipped,
    );
    const pages = toPages(name, origin, visited, moved, skipped);
    if (pages.length === 0) throw nothingValid(from, skipped, stopped);

    const writer = createImportWriter(dataDir);
    try {
      for (const page of pages) writer.add(page);
      throwIfCancelled(signal);
      const sources = await writer.commit({ name, from, replace, signal, scheduler, onWait });
      const links = pages.reduce((sum, page) => sum + page.links.length, 0);
      const done = importReport(name, pages.length, links, skipped, sources);
      return { ...done, stopped, complete: done.complete && stopped === undefined };
    } finally {
      writer.discard();
    }
  } catch (error) {
    // An abort appears as a failed request or an interrupted sleep. In both cases the caller gets `cancelled`.
    throwIfCancelled(signal);
    throw inPlainWords(error);
  }
}
