import { isThisMachine } from '../../shared/net/this-machine.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { sleep, type Scheduler } from '../../shared/time/scheduler.ts';
import { CorpusError } from '../errors.ts';
import { baseOf, inScope, maxAddressCharacters, outside, pathBelow, requestedAddress, scopeOf } from './address.ts';
import { CodingError, createPace, get, type SiteAnswer } from './http.ts';
import {
  isOtherFile,
  looksLikeHtml,
  noText,
  notHtml,
  notThere,
  tooLarge,
  type Fetched,
  type Origin,
  type LinkTarget,
} from './origin.ts';
import { encodeQuery } from './query-encoding.ts';
import { allowAll, maxRobotsBytes, parseRobots, robotsText, type RobotRules } from './robots.ts';

export interface SiteOptions {
  /** Hosts other than this machine that may be crawled. */
  readonly allowHosts: readonly string[];
  readonly maxPageBytes: number;
  /** How long one page may take, ms. */
  readonly timeoutMs: number;
  /**
   * Least time between two requests, ms. Default: 0 for this machine, 1,000 for others. robots.txt may ask for more.
   */
  readonly delayMs?: number | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly signal?: AbortSignal | undefined;
}

const politeDelayMs = 1_000;
/** The longest Retry-After that is obeyed, ms. */
const maxRetryAfterMs = 30_000;
/**
 * After this number of pages in a row without an answer, the start address is requested, to find out whether the server
 * still answers.
 */
const maxFailuresInARow = 5;
/** RFC 9309, section 2.3.1.2: at least five redirects must be followed. */
const maxRobotsRedirects = 5;

type Ask = (address: string, maxBytes: number, signal: AbortSignal | undefined) => Promise<SiteAnswer>;

/** A site as an origin: the pages below the start that links lead to and robots.txt allows. */
export async function openSite(target: string, options: SiteOptions): Promise<Origin> {
  const { scheduler, clock, maxPageBytes, timeoutMs } = options;
  const start = requestedAddress(target.trim());
  if (start === undefined)
    throw new CorpusError(
      'bad_target',
      `${target} is not an address that can be crawled: write for example http://localhost:4000/.`,
    );
  requireAllowed(start, options.allowHosts);
  const { host, hostname } = new URL(start);
  const scope = scopeOf(start);
  const givenDelayMs = options.delayMs ?? (isThisMachine(hostname) ? 0 : politeDelayMs);
  let pace = createPace(givenDelayMs, scheduler, () => clock.now());
  const rules = await readRobots(start, options, async (address, maxBytes, signal) => ask(address, maxBytes, signal));
  pace = createPace(Math.max(givenDelayMs, rules.delayMs), scheduler, () => clock.now());
  let failures = 0;

  /**
   * Repeats the request once when the server is busy, or when a connection failed: the server may have closed it while
   * it was idle.
   */
  async function ask(address: string, maxBytes: number, signal: AbortSignal | undefined): Promise<SiteAnswer> {
    const once = async () => {
      await pace(signal);
      return get(address, { timeoutMs, maxBytes, scheduler, signal });
    };
    const answer = await once();
    if (answer.kind === 'no-answer') return answer.timedOut ? answer : once();
    if (answer.status !== 429 && answer.status !== 503) return answer;
    answer.close();
    await sleep(scheduler, retryAfterMs(answer), signal);
    return once();
  }

  async function noAnswer(why: string, signal: AbortSignal | undefined): Promise<Fetched> {
    if (++failures >= maxFailuresInARow) {
      const probe = await ask(start!, maxPageBytes, signal);
      if (probe.kind === 'no-answer') return { kind: 'gone', why: `${host} no longer answers (${probe.why})` };
      probe.close();
      failures = 0;
    }
    return { kind: 'skipped', reason: 'no answer', detail: why, lost: true };
  }

  return {
    starts: [start],
    leftOut: [],
    resolve: (href, { address, base, encoding = 'utf-8' }) => {
      const declared = baseOf(address, base);
      const found = requestedAddress(encodeQuery(href, encoding), declared);
      return found === undefined || !inScope(found, scope) ? outside(href, declared) : targetOf(found);
    },
    async fetch(address, signal) {
      const { pathname, search } = new URL(address);
      if (!rules.allows(pathname + search)) return { kind: 'skipped', reason: 'robots.txt forbids it' };
      // The user named the start, so it is requested whatever its ending is.
      if (address !== start && isOtherFile(pathname))
        return { kind: 'skipped', reason: notHtml, detail: 'by its name' };
      const answer = await ask(address, maxPageBytes, signal);
      if (answer.kind === 'no-answer') return noAnswer(answer.why, signal);
      try {
        const fetched = await understand(answer, maxPageBytes);
        failures = 0;
        // Nobody links to the start; the user named it.
        if (address === start && fetched.kind === 'skipped' && fetched.reason === notThere)
          return { ...fetched, reason: 'it does not exist' };
        return fetched;
      } catch (error) {
        if (signal?.aborted) throw error;
        if (error instanceof CodingError)
          return { kind: 'skipped', reason: 'cannot be read', detail: error.message, lost: true };
        return await noAnswer('the answer broke off or was too slow', signal);
      } finally {
        answer.close();
      }
    },
    pathOf: (address) => pathBelow(address, scope),
    label: (address) => pathBelow(address, scope) || new URL(address).pathname,
    urlOf: (address) => address,
  };

  function targetOf(address: string): LinkTarget {
    if (address.length > maxAddressCharacters)
      return {
        kind: 'outside',
        where: `${address.slice(0, 100)}...`,
        reason: `the address is longer than ${maxAddressCharacters} characters`,
      };
    return { kind: 'inside', address };
  }
}

async function understand(answer: SiteAnswer & { kind: 'answer' }, maxPageBytes: number): Promise<Fetched> {
  const { status, header } = answer;
  const location = locationOf(answer);
  if (location !== undefined) return { kind: 'moved', to: location };
  if (status === 404 || status === 410) return { kind: 'skipped', reason: notThere };
  if (status === 204 || status === 205) return { kind: 'skipped', reason: noText };
  // 203: a proxy has changed the page (RFC 9110, section 15.3.4).
  if (status !== 200 && status !== 203)
    return { kind: 'skipped', reason: 'the server refused', detail: `status ${status}`, lost: true };
  // A server and its proxy may each add a type. The last one counts (Fetch Standard, "extract a MIME type").
  const [type = '', ...parameters] = (header('content-type').join().split(',').at(-1) ?? '')
    .split(';')
    .map((part) => part.trim());
  const xml = /^application\/xhtml\+xml$/i.test(type);
  if (type !== '' && !xml && !/^text\/html$/i.test(type)) return { kind: 'skipped', reason: notHtml, detail: type };
  const { bytes, complete } = await answer.body();
  if (!complete) return { kind: 'skipped', reason: tooLarge, detail: `more than ${maxPageBytes} bytes`, lost: true };
  if (type === '' && !looksLikeHtml(bytes)) return { kind: 'skipped', reason: notHtml, detail: 'without a media type' };
  const charset = parameters
    .map((part) => /^charset\s*=\s*["']?([^"']+)["']?$/i.exec(part)?.[1])
    .find((label) => label !== undefined);
  const [refreshHeader] = header('refresh');
  return { kind: 'html', bytes, charset, xml, robotsHeaders: header('x-robots-tag'), refreshHeader };
}

/** The target of a redirect. Bytes beyond ASCII are sent back to the server unchanged, as browsers do. */
function locationOf({ status, header }: SiteAnswer & { kind: 'answer' }): string | undefined {
  if (status < 300 || status >= 400) return undefined;
  // Header values are Latin-1: one character per byte.
  return header('location')[0]?.replaceAll(
    /[\u0080-\u00FF]/g,
    (byte) => `%${Buffer.from(byte, 'latin1').toString('hex')}`,
  );
}

function requireAllowed(address: string, allowHosts: readonly string[]): void {
  const { hostname } = new URL(address);
  if (isThisMachine(hostname) || allowHosts.some((host) => host.toLowerCase() === hostname)) return;
  throw new CorpusError(
    'not_allowed',
    `${hostname} is another machine. If its owner agrees, add --allow-host ${hostname}.`,
  );
}

/**
 * Reads the rules of a site and follows redirects of robots.txt (RFC 9309, section 2.3.1). A missing robots.txt (4xx,
 * but not 429) allows everything. One that cannot be read forbids everything.
 */
async function readRobots(start: string, { allowHosts, signal }: SiteOptions, ask: Ask): Promise<RobotRules> {
  let address = new URL('/robots.txt', start).href;
  for (let hop = 0; hop <= maxRobotsRedirects; hop++) {
    const answer = await ask(address, maxRobotsBytes, signal);
    if (answer.kind === 'no-answer')
      throw new CorpusError('failed', `${new URL(address).host} does not answer: ${answer.why}.`);
    const location = locationOf(answer);
    if (location !== undefined) {
      answer.close();
      address = requestedAddress(location, address) ?? address;
      requireAllowed(address, allowHosts);
      continue;
    }
    if (answer.status >= 500 || answer.status === 429) {
      answer.close();
      throw unreadable(address, `it answers with status ${answer.status}`);
    }
    if (answer.status < 200 || answer.status >= 300) {
      answer.close();
      return allowAll;
    }
    const body = await answer.body().catch(() => undefined);
    if (body === undefined) throw unreadable(address, 'its text breaks off, or is too slow');
    const text = robotsText(body.bytes);
    // The line at the limit is dropped, because a part of a rule is a different rule.
    const lineEnd = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r'));
    return parseRobots(body.complete ? text : text.slice(0, lineEnd + 1));
  }
  throw unreadable(address, 'it redirects too often');
}

function unreadable(address: string, why: string): CorpusError {
  return new CorpusError(
    'not_allowed',
    `${address} could not be read (${why}), so nothing on this site may be crawled (RFC 9309).`,
  );
}

function retryAfterMs({ header }: SiteAnswer & { kind: 'answer' }): number {
  const seconds = Number(header('retry-after')[0] ?? 1);
  return Math.min(Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : politeDelayMs, maxRetryAfterMs);
}
