import { normaliseEscapes } from './percent-encoding.ts';

/** How this crawler calls itself; what robots.txt and robots directives may address. */
export const userAgent = 'tierlab';

/** What a site allows to this crawler. */
export interface RobotRules {
  /** Path and query of the address that would be asked. */
  readonly allows: (pathAndQuery: string) => boolean;
  /** How long the site wants to be left alone between two requests, ms; 0 = it does not say. */
  readonly delayMs: number;
}

interface Rule {
  readonly allow: boolean;
  /** The parts of the pattern between its wildcards. */
  readonly parts: readonly string[];
  /** The pattern ends with `$`: it must match to the end. */
  readonly anchored: boolean;
  /** Octets of the pattern: the longest match wins. */
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
 * The rules of a robots.txt for this crawler (RFC 9309, section 2.2): the groups that name it, together; without one,
 * the groups for `*`. The longest matching pattern decides; of two equally long ones, the one that allows.
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

function readGroups(text: string): Map<string, Group> {
  const groups = new Map<string, Group>();
  let current: Group[] = [];
  let inRules = false;
  for (const line of text.replace(/^\uFEFF/, '').split(/[\r\n]+/)) {
    const [statement = ''] = line.split('#', 1);
    const colon = statement.indexOf(':');
    const name = statement.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = statement.slice(colon + 1).trim();
    switch (name) {
      case 'user-agent': {
        if (inRules) current = [];
        inRules = false;
        const agent = (value === '*' ? value : (/^[a-z_-]+/i.exec(value)?.[0] ?? '')).toLowerCase();
        const group = groups.get(agent) ?? { rules: [], delaySeconds: 0 };
        groups.set(agent, group);
        current.push(group);
        break;
      }
      case 'allow':
      case 'disallow':
        inRules = true;
        if (value === '') break;
        for (const group of current) group.rules.push(parseRule(value, name === 'allow'));
        break;
      case 'crawl-delay': {
        // Not part of the RFC. It belongs to the agents named so far, and ends no group.
        const seconds = Number(value);
        for (const group of current) if (seconds > 0) group.delaySeconds = Math.max(group.delaySeconds, seconds);
      }
    }
  }
  return groups;
}

function parseRule(value: string, allow: boolean): Rule {
  const anchored = value.endsWith('$');
  // A `$` elsewhere stands for itself, and so does `%24`; likewise `%2A`.
  const pattern = normaliseEscapes(anchored ? value.slice(0, -1) : value).replaceAll('$', '%24');
  return { allow, parts: pattern.split(/\*+/), anchored, length: pattern.length + (anchored ? 1 : 0) };
}

/** Each part is looked for behind the one before it: without backtracking, because only `*` stands between parts. */
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
