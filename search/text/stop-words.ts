/**
 * Words that say next to nothing about a page: articles, pronouns, auxiliary verbs, question words, the common
 * prepositions - but no particles (up, out, off, over ...), which tell one verb from another. They are indexed like any
 * other; which of a query's are scored is decided in parse.ts.
 */
const articles: ReadonlySet<string> = new Set(['a', 'an', 'the']);
const others: ReadonlySet<string> = new Set(
  [
    'and or but if no not as than so too such very some any each both also',
    'at by for from in into of on to with',
    'i me my we us our you your he him his she her hers it its they them their this that these those there then',
    'am is are was were be been being have has had having do does did doing will would can could shall should may might must',
    'who whom whose which what where when why how',
  ].flatMap((line) => line.split(' ')),
);

/** `word` in its normalised form, before stemming. */
export function isStopWord(word: string): boolean {
  return others.has(word) || articles.has(word);
}

export function isArticle(word: string): boolean {
  return articles.has(word);
}
