/** A name that several files export, each with a definition of its own. */
export interface DoubleName {
  readonly name: string;
  readonly files: readonly string[];
}

const definition =
  /^export (?:default )?(?:async )?(?:abstract )?(?:function\*?|class|interface|type|const|enum) (\w+)/gm;

/** Accepted: `none`. Several families of plug-ins have a member with this name, which does nothing. */
const accepted = new Set(['none']);

/** A reader must not need the import to know which `Store` is meant. A schema and its type in one file are one name. */
export function doubleNames(sources: ReadonlyMap<string, string>): DoubleName[] {
  const exporters = new Map<string, Set<string>>();
  for (const [file, text] of sources)
    for (const [, name] of text.matchAll(definition))
      exporters.set(name!, (exporters.get(name!) ?? new Set()).add(file));
  return [...exporters].flatMap(([name, files]) =>
    files.size > 1 && !accepted.has(name) ? [{ name, files: [...files] }] : [],
  );
}
