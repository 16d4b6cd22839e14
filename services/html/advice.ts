/** A suggestion after a search that found nothing: a sentence, and perhaps a query to try. */
export interface Advice {
  readonly text: string;
  readonly q?: string;
}

/** Suggests queries without the quotation marks, exclusions or fields of `q`. */
export function adviceFor(q: string): Advice[] {
  if (/^(?:\s*-\S+)+\s*$/.test(q)) return [{ text: 'Exclusions alone find nothing: add a word to look for.' }];
  const advice: Advice[] = [];
  const tidy = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
  const propose = (text: string, without: string) => {
    const next = tidy(without);
    if (next !== '' && next !== tidy(q)) advice.push({ text, q: next });
  };
  propose(
    'Without quotation marks, the words may stand anywhere:',
    q.replaceAll(/(?<=^|\s|\s\w+:|^\w+:)"([^"]*)"?/g, ' $1 '),
  );
  propose('Without exclusions, more pages are allowed:', q.replaceAll(/(?<!\S)-(?:\w+:)?(?:"[^"]*"?|\S+)/g, ' '));
  propose(
    'Without naming a field, the words may stand in any:',
    q.replaceAll(/(?<=^|[\s-])(?:title|keywords|body):/gi, ''),
  );
  advice.push({ text: 'Check the spelling, or try a more general word.' });
  return advice;
}
