/** At most `maxUnits` UTF-16 units of `text`, never half a surrogate pair: a lone half does not survive UTF-8. */
export function cutText(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  const splitsPair = /[\uD800-\uDBFF]/.test(text[maxUnits - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[maxUnits] ?? '');
  return text.slice(0, splitsPair ? maxUnits - 1 : maxUnits);
}
