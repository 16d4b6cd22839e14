import { shardOf } from '../../search/sharding.ts';
import { seededRandom } from '../../shared/time/random.ts';
import { labPageIds } from '../kit/pages.ts';

/** Who has which data, and who chooses the server of a call. */
export interface Architecture {
  readonly id: 'single' | 'multi' | 'service';
  readonly label: string;
  readonly servers: number;
  /** The number of parts of the data, and of copies of each part. servers = parts x copies. */
  readonly parts: number;
  readonly copies: number;
  /** A middle server chooses; otherwise the client does. */
  readonly middle: boolean;
  /** How many calls are sent per service time after the crash. Servers that are left have time for all their calls. */
  readonly crashLoad: number;
}

export const architectures: readonly Architecture[] = [
  { id: 'single', label: 'one server', servers: 1, parts: 1, copies: 1, middle: false, crashLoad: 4 },
  { id: 'multi', label: 'four servers', servers: 4, parts: 4, copies: 1, middle: false, crashLoad: 2.4 },
  { id: 'service', label: 'a service of four', servers: 4, parts: 2, copies: 2, middle: true, crashLoad: 1.4 },
];

/** What was measured of one architecture. */
export interface MeasuredArchitecture {
  /** Answers per second in each part of the time in which all servers were busy. */
  readonly perSecond: readonly number[];
  readonly answered: number;
  /** Of `crashCalls` calls after the crash. */
  readonly lost: number;
  readonly timeline: readonly string[];
}

/** Calls after the crash of each architecture. */
export const crashCalls = 1_400;

/** Callers per server: chance must not leave a server without a call. */
export const lanesPerServer = 20;

/** As the cluster names its nodes. */
export const serverName = ({ parts }: Architecture, part: number, copy: number): string =>
  parts === 1 ? `server-${copy}` : `server-${part}-${copy}`;

/** The server that crashes holds the last part. */
export const victimOf = (architecture: Architecture): string => serverName(architecture, architecture.parts, 1);

/** The same number of pages of each quarter, so that the calls spread evenly over the servers: p0, p1 ... */
const evenPages: readonly string[] = (() => {
  const quarters = Object.values(Object.groupBy(labPageIds(), (id) => shardOf(id, 4)));
  const least = Math.min(...quarters.map((pages) => pages!.length));
  return quarters.flatMap((pages) => pages!.slice(0, least));
})();

/**
 * Draws the page of each call. `popular`: this share of the calls is for pages of the last quarter, whose server is the
 * one that crashes.
 */
export function drawPages(seed: string, popular = 0): () => string {
  const random = seededRandom(`${seed}/pages`);
  const last = evenPages.filter((id) => shardOf(id, 4) === 4);
  return () => {
    const pages = random.next() < popular ? last : evenPages;
    return pages[Math.floor(pages.length * random.next())]!;
  };
}
