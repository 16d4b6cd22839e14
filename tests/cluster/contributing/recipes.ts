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
 * `text` with the added lines of a diff that has no line numbers: each run of `+` lines comes behind the one line of
 * context before it. Throws where that line is not there exactly once.
 */
export function applyDiff(text: string, diff: string): string {
  const lines = text.split('\n');
  let at = -1;
  for (const line of diff.trimEnd().split('\n')) {
    const rest = line.slice(1);
    if (line.startsWith('+')) lines.splice(++at, 0, rest);
    else {
      at = lines.indexOf(rest);
      if (at === -1 || lines.lastIndexOf(rest) !== at) throw new Error(`this line must be there once: ${rest}`);
    }
  }
  return lines.join('\n');
}
