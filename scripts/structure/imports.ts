import path from 'node:path';

/** Which file imports which: paths from the root of the checkout, with forward slashes. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** `import ... from`, `export ... from`, `import '...'`, `import('...')`; type-only ones too. */
const specifier = /\b(?:from|import)\s*\(?\s*(['"])(\.[^'"\n]+)\1/g;

/** The relative imports of each source, given as path and text. Imports of packages are left out. */
export function importsOf(sources: ReadonlyMap<string, string>): Imports {
  const imports = new Map<string, Set<string>>();
  for (const [file, text] of sources) {
    const targets = [...text.matchAll(specifier)].map((match) => path.posix.join(path.posix.dirname(file), match[2]!));
    imports.set(file, new Set(targets.filter((target) => target !== file && sources.has(target))));
  }
  return imports;
}
