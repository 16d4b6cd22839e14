/** The shapes that `--check schema` knows; schemas.ts compiles them when needed. */
export const schemaNames = ['search', 'page', 'suggest'] as const;
