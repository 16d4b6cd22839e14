/** One code block of a document that belongs to a file of the project. */
export interface Recipe {
  readonly language: string;
  readonly file: string;
  readonly text: string;
}

/** The blocks that name a file behind their language. */
export function recipesIn(markdown: string): Recipe[] {
  return [...markdown.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)].map(([, language, file, text]) => ({
    language: language!,
    file: file!,
    text: text!,
  }));
}

/**
 * `text` with the added lines of a diff that has no line numbers: each run of `+` lines comes behind the lines of
 * context before it. Throws where these are not there exactly once.
 */
export function applyDiff(text: string, diff: string): string {
  const lines = text.split('\n');
  let context: string[] = [];
  let at = -1;
  for (const line of diff.trimEnd().split('\n')) {
    const rest = line.slice(1);
    if (!line.startsWith('+')) {
      context = at === -1 ? [...context, rest] : [rest];
      at = -1;
      continue;
    }
    if (at === -1) at = endOf(lines, context);
    lines.splice(++at, 0, rest);
  }
  return lines.join('\n');
}

/** The index of the last line of `context` in `lines`. */
function endOf(lines: readonly string[], context: readonly string[]): number {
  const starts = lines.flatMap((_, i) => (context.every((line, j) => lines[i + j] === line) ? [i] : []));
  if (starts.length !== 1) throw new Error(`these lines must be there once: ${context.join(' / ')}`);
  return starts[0]! + context.length - 1;
}
