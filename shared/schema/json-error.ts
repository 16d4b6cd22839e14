/** One token of JSON (RFC 8259), with the white space before it. */
const token =
  /[ \t\r\n]*(?:("(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|([{}[\],:]))/uy;
/** What may begin a value: a string, another scalar, an object or an array. */
const value = 's v { [';
const afterValue: Readonly<Record<string, string>> = { '{': ', }', '[': ', ]', '': '' };
const longestShown = 60;

/** Where a text stops being JSON, with its line. JSON.parse names the place for some mistakes only. */
export function jsonError(text: string): string {
  const open: string[] = [];
  let wanted = value;
  let last = '';
  token.lastIndex = 0;
  for (let at = 0; ; at = token.lastIndex) {
    const found = token.exec(text);
    const kind = found === null ? undefined : (found[3] ?? (found[1] === undefined ? 'v' : 's'));
    if (kind === undefined || !wanted.includes(kind)) return placeInWords(text, at);
    const isName = kind === 's' && open.at(-1) === '{' && last !== ':';
    if (kind === '{' || kind === '[') open.push(kind);
    if (kind === '}' || kind === ']') open.pop();
    if (kind === '{') wanted = 's }';
    else if (kind === '[') wanted = `${value} ]`;
    else if (kind === ',') wanted = open.at(-1) === '{' ? 's' : value;
    else if (kind === ':') wanted = value;
    else if (isName) wanted = ':';
    else wanted = afterValue[open.at(-1) ?? '']!;
    last = kind;
  }
}

/** `at`: the end of the last token that fits. */
function placeInWords(text: string, at: number): string {
  const start = at + /^[ \t\r\n]*/.exec(text.slice(at))![0].length;
  const line = text.slice(0, start).split('\n').length;
  if (start === text.length) return `line ${line}: not JSON: the text ends too early`;
  const rest = text.slice(start).split('\n', 1)[0]!.slice(0, longestShown);
  return `line ${line}: not JSON from here on: ${invisible(rest) ?? rest}`;
}

/** The first character in words, if nobody can see it: a no-break space, for example, comes from a web page. */
function invisible(text: string): string | undefined {
  const first = /^[\s\p{C}]/u.exec(text)?.[0].codePointAt(0);
  return first === undefined
    ? undefined
    : `the invisible character U+${first.toString(16).toUpperCase().padStart(4, '0')}`;
}
