/**
 * Replaces letters that are compared as one, script by script. The table in README.md says the same: change both.
 * `text` and the result are in lower case and in NFKC.
 */
export function foldLetters(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(foldedMarks, '')
    .normalize('NFKC')
    .replaceAll(cyrillicStress, '')
    .replaceAll(foldedLetters, (letter) => folds.get(letter) ?? letter)
    .replaceAll(otherDigits, asciiDigit);
}

/**
 * Accents, breathings, points and vowel signs of these scripts. In other scripts, marks are vowels (Devanagari) or
 * distinguish letters (й).
 */
const foldedMarks = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}]\p{M}*)\p{Mn}/gu;

/** Stress marks, which only dictionaries write. Letters such as й and ѓ are one code point in NFKC, so they stay. */
const cyrillicStress = /(?<=\p{Script=Cyrillic}\p{M}*)[\u0300\u0301]/gu;

/**
 * Letters that Unicode does not decompose. Sources: Latin-ASCII of Unicode CLDR; for Arabic, Larkey, Ballesteros &
 * Connell (2002).
 */
const folds: ReadonlyMap<string, string> = new Map(
  [
    'ßss æae œoe þth ðd đd łl øo ħh ıi ȷj ŧt ŋn ĸq ƒf ʒz əe ǝe ɛe ɔo ɑa ɐa ɩi ɪi ʊu ʋv ʌv ɣg ɡg ɢg',
    'ƀb ƃb ɓb ƈc ȼc ɕc ƌd ɖd ɗd ȡd ɇe ǥg ɠg ⱨh ɦh ɨi ɉj ƙk ⱪk ƚl ɫl ɬl ɭl ⱡl ɱm ƞn ɲn ɳn ɵo ⱺo ƥp ᵽp ɋq ʠq ɍr ' +
      'ɽr ȿs ʂs ƫt ƭt ʈt ⱦt',
    'ʉu ⱴv ƴy ɏy ƶz ȥz ɀz ʐz ʑz ⱬz ȸdb ȹqp',
    'ςσ',
    'װוו ױוי ײיי',
    'ൺണ് ൻന് ർര് ൽല് ൾള് ൿക്',
    'ёе ѐе ѝи',
    'ٱا ىي یي ېي ےي کك ةه ەه ہه ھه',
  ].flatMap((line) => line.split(' ').map((pair): [string, string] => [pair[0]!, pair.slice(1)])),
);
const foldedLetters = new RegExp(`[${[...folds.keys()].join('')}]`, 'gu');

/**
 * Digits of other scripts count as 0 to 9: ٣ is 3. In Unicode the ten digits of a script have consecutive code points.
 */
const otherDigits = /(?![0-9])\p{Nd}/gu;
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0)!;
  let value = 0;
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}
