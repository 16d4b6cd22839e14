import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseRequestList } from '../workload/list.ts';
import { isMethod, isTarget } from '../workload/request-check.ts';
import type { MixShares, WorkloadSpec } from '../workload/spec.ts';
import { corpusWords, wordsOfFile } from '../workload/words.ts';
import type { RunFlags } from './cli-options.ts';
import { loadError } from './errors.ts';
import { parseInteger, parseDuration } from './quantities.ts';
import { readText } from './read-text.ts';
import type { LoadTarget } from './target.ts';

const none: MixShares = { search: 0, suggest: 0, page: 0 };

/** Named workloads. `mix` is what people mostly do with a search engine: type, search, read. */
const mixes: Record<string, MixShares> = {
  mix: { search: 50, suggest: 30, page: 20 },
  search: { ...none, search: 1 },
  suggest: { ...none, suggest: 1 },
  pages: { ...none, search: 10, page: 90 },
};

/**
 * The source of requests: a scenario, a list, a named workload, or the URL itself. Without a URL: the mix, against the
 * running cluster.
 */
export async function buildWorkload(target: LoadTarget, urlGiven: boolean, flags: RunFlags): Promise<WorkloadSpec> {
  const sources = [
    flags.scenario !== undefined && '--scenario',
    flags.requests !== undefined && '--requests',
    flags.workload !== undefined && '--workload',
  ].filter(Boolean);
  if (sources.length > 1)
    throw loadError('bad_argument', `${sources.join(' and ')} exclude each other: they each say what is sent`);
  if (sources.length > 0 && (flags.method !== undefined || flags.body !== undefined))
    throw loadError('bad_argument', `-m and -b belong to a single URL, not to ${sources[0]}`);
  if (flags.scenario !== undefined) {
    const file = resolve(flags.scenario);
    await access(file).catch((error: unknown) => {
      throw loadError('bad_file', `--scenario: the file ${flags.scenario} cannot be read`, error);
    });
    return { kind: 'scenario', file, words: await words(flags) };
  }
  if (flags.requests !== undefined) {
    return { kind: 'list', requests: parseRequestList(await readText(flags.requests, '--requests')) };
  }
  if (flags.workload === undefined && urlGiven) return { kind: 'url', request: await urlRequest(target, flags) };
  return named(flags.workload ?? 'mix', flags);
}

async function named(name: string, flags: RunFlags): Promise<WorkloadSpec> {
  const skew = flags.zipf === undefined ? 1 : Number(flags.zipf);
  if (!(skew >= 0 && skew <= 5))
    throw loadError('bad_argument', `--zipf must be a number from 0 to 5, not "${flags.zipf}"`);
  if (name === 'walk') {
    const thinkMs = parseDuration(flags.pause ?? '500ms', '--pause');
    const depth = parseInteger(flags.depth ?? '3', '--depth', 0, 100);
    return { kind: 'walk', thinkMs, depth, words: await words(flags), skew };
  }
  const shares = mixes[name] ?? parseShares(name);
  if (!shares)
    throw loadError(
      'bad_argument',
      `there is no workload "${name}": choose ${[...Object.keys(mixes), 'walk'].join(', ')}, or weights such ` +
        'as search=60,suggest=30',
    );
  return { kind: 'mix', shares, words: await words(flags), skew };
}

/** "search=60,page=10" -> shares; undefined for any other text. */
function parseShares(text: string): MixShares | undefined {
  const shares = { ...none };
  for (const part of text.split(',')) {
    const [, name = '', weight] = /^(search|suggest|page)=(\d+(?:\.\d+)?)$/.exec(part.trim()) ?? [];
    if (!(name in shares)) return undefined;
    shares[name as keyof MixShares] = Number(weight);
  }
  return Object.values(shares).some((share) => share > 0) ? shares : undefined;
}

function words(flags: RunFlags): Promise<string[]> {
  const count = parseInteger(flags.vocabulary ?? '1000', '--vocabulary', 1, 200_000);
  return flags.words === undefined ? corpusWords(count) : wordsOfFile(flags.words, count);
}

async function urlRequest(target: LoadTarget, flags: RunFlags) {
  const method = (flags.method ?? (flags.body === undefined ? 'GET' : 'POST')).toUpperCase();
  if (!isMethod(method)) throw loadError('bad_argument', `-m must be an HTTP method, not "${flags.method}"`);
  if (!isTarget(target.path)) throw loadError('bad_argument', `the path "${target.path}" must be percent-encoded`);
  const body = flags.body?.startsWith('@') ? await readText(flags.body.slice(1), '-b') : flags.body;
  return {
    method,
    target: target.path,
    name: target.path.split('?')[0] ?? '/',
    ...(body === undefined ? {} : { body }),
  };
}
