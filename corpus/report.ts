import { cutText } from '../shared/cut-text.ts';
import { cleanLine } from './check-page.ts';
import { CorpusError } from './errors.ts';
import type { CorpusSources } from './sources.ts';

/** Something that was left out, and the reason. `where` = a line number or an address. */
export interface Skipped {
  readonly where: string;
  readonly reason: string;
}

/** The result of an import or a crawl. */
export interface ImportReport {
  readonly name: string;
  /** How many pages were taken. */
  readonly pages: number;
  readonly links: number;
  readonly skipped: number;
  /** How often each reason occurred, most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  /** The first few cases of each reason, so that the user can find the mistake. */
  readonly examples: readonly Skipped[];
  /** Pages that were taken, but not as they were written. */
  readonly warnings: readonly { readonly reason: string; readonly count: number }[];
  readonly warningExamples: readonly Skipped[];
  /** False when existing content is probably missing from the import: no answer, too large, cut, unreadable. */
  readonly complete: boolean;
  /** The sources of the corpus after the import. `default` = WordNet is one of them. */
  readonly default: boolean;
  readonly imports: readonly { readonly name: string; readonly pages: number }[];
}

const examplesPerReason = 5;
const maxExampleCharacters = 500;

/** Counts the pages that are left out or taken with a warning, and keeps a few examples of each kind. */
export function createSkipList() {
  const leftOut = createTally();
  const warnings = createTally();
  let complete = true;
  return {
    /**
     * `reason` = the kind of obstacle, always in the same words. `detail` = this case. `lost` = existing content is
     * probably missing.
     */
    skip(where: string, reason: string, detail?: string, lost = false): void {
      leftOut.add(where, reason, detail);
      if (lost) complete = false;
    },
    /** The page was taken, but not as it was written. */
    warn(where: string, reason: string, detail?: string): void {
      warnings.add(where, reason, detail);
      complete = false;
    },
    total: leftOut.total,
    reasons: leftOut.reasons,
    examples: leftOut.examples,
    warnings: warnings.reasons,
    warningExamples: warnings.examples,
    complete: () => complete,
  };
}

function createTally() {
  const counts = new Map<string, number>();
  const examples: Skipped[] = [];
  let total = 0;
  return {
    add(where: string, reason: string, detail: string | undefined): void {
      const count = (counts.get(reason) ?? 0) + 1;
      counts.set(reason, count);
      total++;
      // Foreign names and addresses may hold control characters that change the terminal.
      const shown = (text: string) => cutText(cleanLine(text), maxExampleCharacters);
      if (count <= examplesPerReason)
        examples.push({ where: shown(where), reason: detail === undefined ? reason : `${reason}: ${shown(detail)}` });
    },
    total: () => total,
    reasons: () => [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
    examples: (): readonly Skipped[] => examples,
  };
}

export type SkipList = ReturnType<typeof createSkipList>;

/** The error for an import without pages. Its message gives the reason in one sentence. */
export function nothingValid(from: string, skipped: SkipList, stopped?: string): CorpusError {
  const [first] = skipped.examples();
  const refused =
    skipped.total() === 1 ? 'its only entry was refused' : `all ${skipped.total()} entries were refused, the first`;
  const why = first === undefined ? (stopped ?? 'it is empty') : `${refused} (${first.where}) because: ${first.reason}`;
  return new CorpusError('nothing_valid', `No page could be taken from ${from}: ${why}. Nothing was changed.`);
}

export function importReport(
  name: string,
  pages: number,
  links: number,
  skipped: SkipList,
  sources: CorpusSources,
): ImportReport {
  return {
    name,
    pages,
    links,
    skipped: skipped.total(),
    reasons: skipped.reasons(),
    examples: skipped.examples(),
    warnings: skipped.warnings(),
    warningExamples: skipped.warningExamples(),
    complete: skipped.complete(),
    default: sources.default,
    imports: sources.imports.map((entry) => ({ name: entry.name, pages: entry.pages })),
  };
}
