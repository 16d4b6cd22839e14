import path from 'node:path';

/** A text that names a file which does not exist. */
export interface MissingDocument {
  readonly file: string;
  readonly line: number;
  readonly named: string;
}

/** A path that ends in `.md`, or one from a top-level folder to a source file; not a pattern and not an address. */
const mention =
  /(?<![\w/.:*<>{}$-])((?:\.{0,2}\/)?(?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:md|ts|mjs|json|ya?ml|css|js))(?![\w*<-])/g;

/**
 * In sources only comments count: strings name files of users and of tests. A code fence may name a file to be made.
 */
const commentLine = /^\s*(?:\/\/|\/?\*|#)/;

/**
 * The files that `texts` name and that are not among `files`. A Markdown document may name any kind of file from the
 * root of the checkout or from its own folder; the name of a document alone (`README.md`) must exist in one of the two.
 */
export function missingDocuments(texts: ReadonlyMap<string, string>, files: ReadonlySet<string>): MissingDocument[] {
  const folders = new Set([...files].map((file) => file.split('/', 1)[0]!));
  return [...texts].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) => {
      if (file.endsWith('.md') ? line.startsWith('```') : !commentLine.test(line)) return [];
      return [...line.matchAll(mention)].flatMap(([, named]) => {
        const isDocument = named!.endsWith('.md');
        if (!isDocument && !folders.has(named!.split('/', 1)[0]!)) return [];
        const places = [path.posix.normalize(named!), path.posix.join(path.posix.dirname(file), named!)];
        return places.some((place) => files.has(place)) ? [] : [{ file, line: index + 1, named: named! }];
      });
    }),
  );
}
