import robots from 'robots-parser';

/** The package is a function in itself, whatever its types say. */
const parseRobots = robots as unknown as typeof robots.default;

/** How this crawler calls itself; what robots.txt may address. */
export const userAgent = 'tierlab';

/** What a site allows to crawlers (RFC 9309). */
export interface RobotRules {
  readonly allows: (address: string) => boolean;
  /** How long the site wants to be left alone between two requests, ms; 0 = it does not say. */
  readonly delayMs: number;
}

const allowAll: RobotRules = { allows: () => true, delayMs: 0 };
const maxDelayMs = 30_000;
/** RFC 9309 asks to read at least this much; the rest is ignored. */
export const maxRobotsBytes = 512_000;

/** `answer` = the status of /robots.txt and its text. None there (4xx): all is allowed. Broken server (5xx): nothing is. */
export function robotRules(
  address: string,
  answer: { readonly status: number; readonly text: string },
): RobotRules | undefined {
  if (answer.status >= 500) return undefined;
  if (answer.status !== 200) return allowAll;
  const rules = parseRobots(address, answer.text);
  const delaySeconds = rules.getCrawlDelay(userAgent) ?? 0;
  return {
    allows: (page) => rules.isAllowed(page, userAgent) ?? true,
    delayMs: delaySeconds > 0 ? Math.min(delaySeconds * 1_000, maxDelayMs) : 0,
  };
}
