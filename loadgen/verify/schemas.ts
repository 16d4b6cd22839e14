import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { schemaNames } from './schema-names.ts';

/** The shapes that the public API promises; more fields are allowed. */
const search = Type.Object({
  query: Type.String(),
  total: Type.Number({ minimum: 0 }),
  page: Type.Number(),
  size: Type.Number(),
  tookMs: Type.Number({ minimum: 0 }),
  results: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      url: Type.String(),
      snippet: Type.String(),
      score: Type.Number(),
    }),
  ),
});
const page = Type.Object({
  id: Type.String(),
  title: Type.String(),
  body: Type.String(),
  keywords: Type.Array(Type.String()),
  links: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
});
const suggest = Type.Object({ suggestions: Type.Array(Type.Unknown()) });

const compiled: Record<(typeof schemaNames)[number], { Check(json: unknown): boolean }> = {
  search: Compile(search),
  page: Compile(page),
  suggest: Compile(suggest),
};

/**
 * Whether `json` has the named shape. Requests with other names are refused before a run (workload/request-check.ts).
 */
export function hasSchema(name: string, json: unknown): boolean {
  if (json === undefined) return false;
  const known = schemaNames.find((each) => each === name);
  return known === undefined || compiled[known].Check(json);
}
