/** Keys that mean more than a character. `Choose1` takes the first suggestion. */
export const namedKeys = [
  'Enter',
  'Backspace',
  'PageUp',
  'PageDown',
  'ByRelevance',
  'ByTitle',
  'Choose1',
  'Choose2',
  'Choose3',
  'Choose4',
  'Choose5',
] as const;
export type NamedKey = (typeof namedKeys)[number];

/** One key of the user: a named one, or a single character. */
export type Key = string;

/** The longest line that a user can type, UTF-16 code units. */
export const maxTyped = 200;
export const offeredSuggestions = 5;

export function isNamed(key: Key): key is NamedKey {
  return (namedKeys as readonly string[]).includes(key);
}

/** True for one printable character, which may be two UTF-16 code units. */
export function isCharacter(key: Key): boolean {
  return [...key].length === 1 && !/\p{Cc}/u.test(key) && key.isWellFormed();
}
