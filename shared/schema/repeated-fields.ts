/** An open object with its fields and their lines, or an open array. `step`: field or index of the present value. */
interface Open {
  readonly fields?: Map<string, number>;
  step: string | number;
}

/** In characters. Of a longer path, only the end is shown. */
const longestPath = 200;

/** A sentence about the first field that is repeated; undefined if there is none. */
export const repeatedField = (text: string): string | undefined => repeatedFields(text).next().value ?? undefined;

/**
 * A sentence about each field that is written again in the same object. JSON.parse keeps the last one, and reports
 * nothing. What other programs do is unpredictable (RFC 8259, section 4). The text must be valid JSON. It may come from
 * a stranger. So the time to find the first repeated field is linear in the length of the text: a path is built only
 * for a repeated field.
 */
export function* repeatedFields(text: string): Generator<string, void> {
  const open: Open[] = [];
  let line = 1;
  let atName = false;
  for (let at = 0; at < text.length; at++) {
    const inside = open.at(-1);
    const char = text[at];
    if (char === '\n' || (char === '\r' && text[at + 1] !== '\n')) line++;
    else if (char === '{' || char === '[') {
      open.push(char === '{' ? { fields: new Map(), step: '' } : { step: 0 });
      atName = char === '{';
    } else if (char === '}' || char === ']') {
      open.pop();
      atName = false;
    } else if (char === ':') atName = false;
    else if (char === ',') {
      if (typeof inside?.step === 'number') inside.step++;
      atName = inside?.fields !== undefined;
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (atName && inside?.fields) {
        const name = JSON.parse(text.slice(at, end + 1)) as string;
        inside.step = name;
        const first = inside.fields.get(name);
        if (first === undefined) inside.fields.set(name, line);
        else yield inWords(open, line, first);
      }
      at = end;
    }
  }
}

/** The position of the closing quote of the string that opens at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function inWords(open: readonly Open[], line: number, first: number): string {
  const path = open.map(({ step }) => step).join('.');
  const shown = path.length > longestPath ? `...${path.slice(-longestPath)}` : path;
  return `line ${line}: ${shown} is written twice${first === line ? '' : `; line ${first} has it, too`}`;
}
