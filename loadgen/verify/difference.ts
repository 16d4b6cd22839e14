/** Two answers to one question, and the first place where they differ. */
export interface Difference {
  /** Such as `results[0].id`; empty for the whole answer. */
  path: string;
  expected: string;
  got: string;
}

/** The number of characters shown of each answer. */
const mostShown = 200;

/**
 * The first difference of two answers: by field where both are JSON, otherwise by character. Undefined when they are
 * equal.
 */
export function firstDifference(expected: string, got: string): Difference | undefined {
  if (expected === got) return undefined;
  const [right, wrong] = [parsed(expected), parsed(got)];
  if (right !== undefined && wrong !== undefined) return inValue(right.value, wrong.value, '');
  let at = 0;
  while (expected[at] === got[at]) at++;
  const from = Math.max(0, at - 20);
  return { path: `character ${at + 1}`, expected: shown(expected.slice(from)), got: shown(got.slice(from)) };
}

function inValue(expected: unknown, got: unknown, path: string): Difference | undefined {
  if (isObject(expected) && isObject(got) && Array.isArray(expected) === Array.isArray(got)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      const inner = Array.isArray(expected) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      const found = inValue(expected[name], got[name], inner);
      if (found) return found;
    }
    return undefined;
  }
  return expected === got ? undefined : { path, expected: valueText(expected), got: valueText(got) };
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function valueText(value: unknown): string {
  return value === undefined ? 'nothing' : shown(JSON.stringify(value));
}

function shown(text: string): string {
  return text.length <= mostShown ? text : `${text.slice(0, mostShown).replace(/[\ud800-\udbff]$/, '')}…`;
}
