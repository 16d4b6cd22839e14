import type { Clock } from '../../shared/time/clock.ts';
import { sleep, type Scheduler } from '../../shared/time/scheduler.ts';
import { CorpusError } from '../errors.ts';
import { inScope, isLoopback, normalise, scopeOf } from './address.ts';
import { createPace, get, type Answer } from './http.ts';
import { isOtherFile, notHtml, tooLarge, type Fetched, type Origin } from './origin.ts';
import { maxRobotsBytes, robotRules, type RobotRules } from './robots.ts';

export interface SiteOptions {
  /** Hosts besides this machine that may be asked. */
  readonly allowHosts: readonly string[];
  readonly maxPageBytes: number;
  /** How long one page may take, ms. */
  readonly timeoutMs: number;
  /** Least time between two requests, ms; by default none to this machine, a second to others. robots.txt may ask for more. */
  readonly delayMs?: number | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly signal?: AbortSignal | undefined;
}

const politeDelayMs = 1_000;
/** A server that asks for patience gets it, within reason. */
const maxRetryAfterMs = 30_000;
/** After so many in a row the server has gone: half a site is no site. */
const maxFailuresInARow = 5;
const maxRobotsRedirects = 5;

/** A site as an origin: what lies below the start, as far as links lead and robots.txt allows. */
export async function openSite(target: string, options: SiteOptions): Promise<Origin> {
  const { scheduler, clock, maxPageBytes, timeoutMs } = options;
  const start = normalise(target);
  if (start === undefined)
    throw new CorpusError(
      'bad_target',
      `${target} is no address that can be crawled: it must start with http:// or https://.`,
    );
  requireAllowed(start, options.allowHosts);
  const scope = scopeOf(start);
  const rules = await readRobots(start, options);
  const local = isLoopback(new URL(start).hostname);
  const pace = createPace(Math.max(options.delayMs ?? (local ? 0 : politeDelayMs), rules.delayMs), scheduler, () =>
    clock.now(),
  );
  let failures = 0;

  async function ask(address: string, signal: AbortSignal | undefined): Promise<Answer> {
    await pace(signal);
    const answer = await get(address, { timeoutMs, maxBytes: maxPageBytes, scheduler, signal });
    if (answer.kind === 'answer' && answer.status !== 429 && answer.status !== 503) return answer;
    if (answer.kind === 'answer') answer.close();
    await sleep(scheduler, retryAfterMs(answer), signal);
    await pace(signal);
    return get(address, { timeoutMs, maxBytes: maxPageBytes, scheduler, signal });
  }

  return {
    name: target,
    starts: [start],
    resolve(href, address, base) {
      const target = normalise(href, URL.parse(base ?? '', address)?.href ?? address);
      return target !== undefined && inScope(target, scope) ? target : undefined;
    },
    async fetch(address, signal) {
      if (!rules.allows(address)) return { kind: 'skipped', reason: 'robots.txt forbids it' };
      if (isOtherFile(new URL(address).pathname)) return { kind: 'skipped', reason: notHtml };
      const answer = await ask(address, signal);
      if (answer.kind === 'no-answer') {
        if (++failures >= maxFailuresInARow) {
          throw new CorpusError(
            'failed',
            `${new URL(start).host} no longer answers (${answer.why}). Nothing was changed.`,
          );
        }
        return { kind: 'skipped', reason: 'no answer', detail: answer.why };
      }
      failures = 0;
      try {
        return await understand(answer, maxPageBytes);
      } catch (error) {
        if (signal?.aborted) throw error;
        return { kind: 'skipped', reason: 'no answer', detail: 'it broke off, or was too slow' };
      } finally {
        answer.close();
      }
    },
    pathOf: (address) => address.slice(scope.origin.length + scope.path.length),
    urlOf: (address) => address,
  };
}

async function understand(answer: Answer & { kind: 'answer' }, maxPageBytes: number): Promise<Fetched> {
  const { status, headers } = answer;
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) return { kind: 'moved', to: location };
  if (status === 404 || status === 410) return { kind: 'skipped', reason: 'linked, but not there' };
  if (status !== 200) return { kind: 'skipped', reason: 'the server refused', detail: `status ${status}` };
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').split(';').map((part) => part.trim());
  if (type !== '' && !/^(?:text\/html|application\/xhtml\+xml)$/i.test(type))
    return { kind: 'skipped', reason: notHtml, detail: type };
  const bytes = await answer.body();
  if (bytes === undefined) return { kind: 'skipped', reason: tooLarge, detail: `more than ${maxPageBytes} bytes` };
  const charset = parameters
    .map((part) => /^charset="?([^"]+)"?$/i.exec(part)?.[1])
    .find((label) => label !== undefined);
  const robots = headers.get('x-robots-tag');
  return { kind: 'html', bytes, ...(charset === undefined ? {} : { charset }), ...(robots === null ? {} : { robots }) };
}

function requireAllowed(address: string, allowHosts: readonly string[]): void {
  const { hostname } = new URL(address);
  if (isLoopback(hostname) || allowHosts.some((host) => host.toLowerCase() === hostname)) return;
  throw new CorpusError(
    'not_allowed',
    `${hostname} is another machine: crawl it with --allow-host ${hostname} if its owner agrees.`,
  );
}

async function readRobots(start: string, options: SiteOptions): Promise<RobotRules> {
  const { scheduler, signal, timeoutMs, allowHosts } = options;
  let address = new URL('/robots.txt', start).href;
  for (let hop = 0; hop <= maxRobotsRedirects; hop++) {
    const answer = await get(address, { timeoutMs, maxBytes: maxRobotsBytes, scheduler, signal });
    if (answer.kind === 'no-answer')
      throw new CorpusError('failed', `${new URL(start).host} does not answer: ${answer.why}.`);
    const location = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && location !== null) {
      answer.close();
      address = normalise(location, address) ?? address;
      requireAllowed(address, allowHosts);
      continue;
    }
    const bytes = await answer.body().catch(() => undefined);
    const rules = bytes && robotRules(address, { status: answer.status, text: new TextDecoder().decode(bytes) });
    if (rules !== undefined) return rules;
    break;
  }
  throw new CorpusError(
    'not_allowed',
    `${address} could not be read, so that nothing on this site may be crawled (RFC 9309).`,
  );
}

function retryAfterMs(answer: Answer): number {
  const seconds = answer.kind === 'answer' ? Number(answer.headers.get('retry-after') ?? 1) : 0;
  return Math.min(Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : politeDelayMs, maxRetryAfterMs);
}
