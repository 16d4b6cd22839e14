import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

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

const compiled = { search: Compile(search), page: Compile(page), suggest: Compile(suggest) };

/** Whether `json` has the named shape; an unknown name accepts anything that is JSON. */
export function hasSchema(name: string, json: unknown): boolean {
  if (json === undefined) return false;
  return name in compiled ? compiled[name as keyof typeof compiled].Check(json) : true;
}
