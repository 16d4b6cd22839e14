import type { Command } from 'commander';
import { type ClusterPlace, namedPlace, quoted, tierlab, withExamples } from '../command-line.ts';
import { fetchDirect } from '../../shared/net/direct.ts';
import { adviceFor } from '../../services/html/advice.ts';
import { CommandError, UsageError } from '../errors.ts';
import { parseCount, withClusterOptions, type ClusterFlags } from '../options.ts';
import { dataDirOf } from '../paths.ts';
import { portBaseOf } from '../run-file.ts';
import { createTerminal } from '../terminal.ts';
import { fetchStatus } from '../watchdog-client.ts';

interface SearchFlags extends ClusterFlags {
  readonly json?: true;
  readonly page: number;
  readonly size: number;
  readonly style?: string;
}

interface Answer {
  readonly query: string;
  readonly total: number;
  readonly tookMs: number;
  readonly suggestion?: string;
  readonly servedBy: readonly string[];
  readonly results: readonly { readonly title: string; readonly url: string; readonly snippet: string }[];
}

export default function searchCommand(command: Command): void {
  withExamples(withClusterOptions(command), ['search domestic dog'], [`search '"hot dog" -mustard'`])
    .argument('<words...>', 'the query; it may have "phrases", -excluded words and field:word')
    .option('--json', 'the answer of the public API, as it is')
    .option('--page <n>', 'which page of results', parseCount, 1)
    .option('--size <n>', 'how many results', parseCount, 10)
    .option('--style <style>', 'object-based or layered')
    .allowUnknownOption()
    .action(runSearch);
}

/** A word with one hyphen is an exclusion. A word with two is a mistake, and would become a word of the query. */
function refuseUnknownOptions(words: readonly string[], command: Command): void {
  const unknown = words.find((word) => /^--\w/.test(word));
  if (unknown === undefined) return;
  const names = command.options.map(({ long }) => long).join(', ');
  throw new UsageError(
    `there is no option ${unknown}; there are ${names}\nExample: ${tierlab('search domestic dog', namedPlace())}`,
  );
}

async function runSearch(words: readonly string[], flags: SearchFlags, command: Command): Promise<void> {
  refuseUnknownOptions(words, command);
  const portBase = portBaseOf(flags.portBase);
  const { nodes } = await fetchStatus(portBase);
  const gateways = nodes.filter((node) => node.components.includes('gateway'));
  const gateway = gateways.find(({ state }) => state === 'ready') ?? gateways[0];
  if (!gateway) throw new CommandError('this topology has no gateway');
  const port = gateway.doors.gateway ?? portBase + 1_000;
  const query = new URLSearchParams({ q: words.join(' '), page: String(flags.page), size: String(flags.size) });
  if (flags.style) query.set('style', flags.style);
  const response = await fetchDirect(`http://${gateway.host}:${port}/api/search?${query}`).catch(() => {
    throw new CommandError(`the gateway at port ${port} does not answer`);
  });
  const text = await response.text();
  if (!response.ok) {
    const detail = (JSON.parse(text) as { detail?: string }).detail ?? `the gateway answered ${response.status}`;
    throw response.status === 400 ? new UsageError(detail) : new CommandError(detail);
  }
  if (flags.json) return void process.stdout.write(`${text}\n`);
  print(JSON.parse(text) as Answer, { portBase, dataDir: dataDirOf(flags.data) });
}

function print(answer: Answer, place: ClusterPlace): void {
  const terminal = createTerminal(process.stdout);
  if (answer.suggestion) terminal.line(`Did you mean: ${terminal.bold(answer.suggestion)}\n`);
  for (const line of nothingFound(answer, place)) terminal.line(line);
  for (const { title, url, snippet } of answer.results) {
    terminal.line(`${terminal.bold(title)}  ${terminal.dim(url)}`);
    terminal.line(`  ${snippet}`);
  }
  terminal.line(
    terminal.dim(
      `\n${answer.total.toLocaleString('en')} pages in ${answer.tookMs.toFixed(1)} ms by ${answer.servedBy.join(', ')}`,
    ),
  );
}

/** Advice after a search without results; the same as on the page of results. */
function nothingFound({ query, total, results }: Answer, place: ClusterPlace): string[] {
  if (results.length > 0) return [];
  if (total > 0) return [`There is no such page of results: --page 1 shows the best of ${total.toLocaleString('en')}`];
  const crawl = tierlab('crawl FOLDER', { dataDir: place.dataDir });
  return [
    'No page matches.',
    ...adviceFor(query).map(
      ({ text, q }) => `  ${text}${q === undefined ? '' : ` ${tierlab(`search ${quoted(q)}`, place)}`}`,
    ),
    `  The data is WordNet, an English dictionary, and your own pages. This adds some: ${crawl}`,
  ];
}
