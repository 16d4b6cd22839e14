import { CorpusError } from './errors.ts';

/**
 * The name of an import. It becomes part of a file name, so few characters are allowed. If the user chose the name and
 * it is invalid, it is refused. If it comes from a file or an address, it is made valid.
 */
export function importName(name: string, chosen: boolean): string {
  const fitting = chosen
    ? name
    : slug(name)
        .slice(0, 40)
        .replace(/[-.]+$/, '') || 'pages';
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(fitting)) {
    throw new CorpusError(
      'bad_name',
      `"${name}" cannot name an import: use up to 40 of a-z, 0-9, - and _, starting with a letter or digit.`,
    );
  }
  if (fitting === 'wordnet' || fitting === 'manifest') {
    if (chosen) throw new CorpusError('bad_name', `"${name}" is taken: choose another name.`);
    return `${fitting}-import`;
  }
  return fitting;
}

/** Lower-case ASCII letters and digits, joined by single dashes. Accents and other scripts are dropped. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}
