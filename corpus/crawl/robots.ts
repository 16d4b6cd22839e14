import { normaliseEscapes } from './percent-encoding.ts';

/** The name of this crawler, for robots.txt and robots directives. */
export const userAgent = 'tierlab';

/** The rules of a site for this crawler. */
export interface RobotRules {
  /** `pathAndQuery` = path and query of the address to request. */
  readonly allows: (pathAndQuery: string) => boolean;
  /** The pause between two requests that the site asks for, ms; 0 = none. */
  readonly delayMs: number;
}

interface Rule {
  readonly allow: boolean;
  /** The parts of the pattern between its wildcards. */
  readonly parts: readonly string[];
  /** The pattern ends with `$`: it must match to the end. */
  readonly anchored: boolean;
  /** The octets of the pattern, because the longest match wins. */
  readonly length: number;
}

interface Group {
  readonly rules: Rule[];
  delaySeconds: number;
}

export const allowAll: RobotRules = { allows: () => true, delayMs: 0 };
const maxDelayMs = 30_000;
/** RFC 9309, section 2.5: at least 500 KiB must be read; this crawler ignores the rest. */
export const maxRobotsBytes = 500 * 1024;

/**
 * The bytes of a robots.txt as text. Patterns are compared octet by octet (RFC 9309, section 2.2.2). So octets beyond
 * ASCII are percent-encoded, and the encoding of the file does not matter. Byte order marks and NULs are dropped: some
 * editors store even this file in UTF-16.
 */
export function robotsText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/^(?:\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)/, '')
    .replaceAll('\0', '')
    .replaceAll(/[\x80-\xFF]/g, (octet) => `%${octet.charCodeAt(0).toString(16)}`);
}

/**
 * The rules of a robots.txt for this crawler (RFC 9309, section 2.2): all groups that name it, or the groups for `*`
 * when none does. The longest matching pattern decides. Of two equally long patterns, the one that allows decides.
 */
export function parseRobots(text: string): RobotRules {
  const groups = readGroups(text);
  const group = groups.get(userAgent) ?? groups.get('*');
  if (group === undefined) return allowAll;
  const rules = group.rules.toSorted((a, b) => b.length - a.length || Number(b.allow) - Number(a.allow));
  return {
    allows(pathAndQuery) {
      const path = normaliseEscapes(pathAndQuery).replaceAll('*', '%2A').replaceAll('$', '%24');
      if (path === '/robots.txt') return true;
      return rules.find((rule) => matches(rule, path))?.allow ?? true;
    },
    delayMs: Math.min(group.delaySeconds * 1_000, maxDelayMs),
  };
}

/** The groups for this crawler and for all crawlers. */
function readGroups(text: string): Map<string, Group> {
  const groups = new Map<string, Group>();
  // One group may name this crawler thousands of times. In a set, it still gets each rule once.
  const current = new Set<Group>();
  let inRules = false;
  for (const line of text.replace(/^\uFEFF/, '').split(/[\r\n]+/)) {
    const [statement = ''] = line.split('#', 1);
    const colon = statement.indexOf(':');
    const name = statement.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = statement.slice(colon + 1).trim();
    switch (name) {
      case 'user-agent': {
        if (inRules) current.clear();
        inRules = false;
        const agent = (value === '*' ? value : (/^[a-z_-]+/i.exec(value)?.[0] ?? '')).toLowerCase();
        if (agent !== userAgent && agent !== '*') break;
        const group = groups.get(agent) ?? { rules: [], delaySeconds: 0 };
        groups.set(agent, group);
        current.add(group);
        break;
      }
      case 'allow':
      case 'disallow':
        inRules = true;
        if (value === '') break;
        for (const group of current) group.rules.push(parseRule(value, name === 'allow'));
        break;
      case 'crawl-delay': {
        // Crawl-delay is not part of the RFC. It applies to the agents of the current group and does not end the group.
        const seconds = Number(value);
        for (const group of current) if (seconds > 0) group.delaySeconds = Math.max(group.delaySeconds, seconds);
      }
    }
  }
  return groups;
}

function parseRule(value: string, allow: boolean): Rule {
  const anchored = value.endsWith('$');
  // `%24`, `%2A`, and a `$` that is not at the end stand for the characters `$` and `*` themselves.
  const pattern = normaliseEscapes(anchored ? value.slice(0, -1) : value).replaceAll('$', '%24');
  return { allow, parts: pattern.split(/\*+/), anchored, length: pattern.length + (anchored ? 1 : 0) };
}

/** Finds each part after the previous one. No backtracking is needed, because only `*` is between parts. */
function matches({ parts, anchored }: Rule, path: string): boolean {
  const [first = '', ...rest] = parts;
  if (!path.startsWith(first)) return false;
  if (rest.length === 0) return !anchored || path.length === first.length;
  const last = anchored ? rest.pop()! : '';
  let at = first.length;
  for (const part of rest) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
