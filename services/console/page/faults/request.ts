import type { DescribedFaultKind } from './kind.ts';

/** What the person has typed. An empty parameter keeps its default. */
export interface Draft {
  readonly kind: string;
  readonly target: string;
  /** Seconds. */
  readonly ttl: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Pure: the request to the chaos controller. Throws an Error for a list that is not JSON. */
export function requestOf(draft: Draft, { kind, params }: DescribedFaultKind) {
  const given = Object.entries(draft.params).filter(([name, text]) => text !== '' && params.properties[name]);
  return {
    kind,
    target: draft.target,
    ttlMs: Math.round(Number(draft.ttl) * 1_000),
    params: Object.fromEntries(given.map(([name, text]) => [name, valueOf(name, text, params.properties[name]!.type)])),
  };
}

/** Pure: the same request as words of the command line. Throws an Error for a list that is not JSON. */
export function injectWords(draft: Draft, kind: DescribedFaultKind): string {
  const { params } = requestOf(draft, kind);
  const flags = Object.entries(params).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === 'boolean') return value ? [flag] : [];
    if (!Array.isArray(value)) return [`${flag} ${quoted(String(value))}`];
    return value.length === 0 ? [] : [`${flag} ${quoted(value.join(value.some(Array.isArray) ? '|' : ','))}`];
  });
  return ['chaos inject', draft.kind, '--target', draft.target, '--ttl', `${draft.ttl}s`, ...flags].join(' ');
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

function valueOf(name: string, text: string, type: string | undefined): unknown {
  if (type === 'number' || type === 'integer') return Number(text);
  if (type === 'boolean') return text === 'true';
  if (type !== 'array' && type !== 'object') return text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${name}: must be JSON, for example [["html-1"], ["app-1", "app-2"]]`, { cause });
  }
}
