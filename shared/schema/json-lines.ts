const tokens = /\r\n?|\n|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Values that are nested deeper get no line, because the paths of all of them would take quadratic time. */
const deepest = 32;

/**
 * The line of each value of a JSON text, from 1, by the path of the value, such as `nodes.2.replicas`. The line of a
 * field is the line of its name. If the name is written twice, the first one counts. The text must be valid JSON.
 */
export function jsonLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>([['', 1]]);
  /** The open objects and arrays. `step` is the field or the index that the next value has. */
  const open: { step: string | number }[] = [];
  let line = 1;
  let atName = false;
  const pathHere = (): string => open.map(({ step }) => step).join('.');

  for (const [token] of text.matchAll(tokens)) {
    const inside = open.at(-1);
    if (token === '\n' || token[0] === '\r') line++;
    else if (token === ',') {
      if (typeof inside?.step === 'number') inside.step++;
      else atName = true;
    } else if (token === '}' || token === ']') {
      open.pop();
      atName = false;
    } else if (token === ':') atName = false;
    else if (atName && inside) {
      const name = JSON.parse(token) as string;
      inside.step = name;
      if (open.length <= deepest) {
        const path = pathHere();
        if (!lines.has(path)) lines.set(path, line);
      }
    } else {
      if (typeof inside?.step === 'number' && open.length <= deepest) lines.set(pathHere(), line);
      if (token === '{' || token === '[') open.push({ step: token === '[' ? 0 : '' });
      atName = token === '{';
    }
  }
  return lines;
}

/** The line of the value at a path. If that value is missing: the line of the object or array that should hold it. */
export function lineOf(lines: ReadonlyMap<string, number>, path: string): number {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const line = lines.get(at);
    if (line !== undefined || at === '') return line ?? 1;
  }
}
