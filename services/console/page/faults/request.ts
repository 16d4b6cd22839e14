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
