/** The shapes that `--check schema` knows; schemas.ts compiles them where they are needed. */
export const schemaNames = ['search', 'page', 'suggest'] as const;
