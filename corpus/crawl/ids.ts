import { hash } from 'node:crypto';
import { slug } from '../names.ts';
import { decodedPath } from './address.ts';

const maxSlugCharacters = 72;

/**
 * Makes page ids: the name of the import, a dot, and the path as a readable slug (`sqlite.lang-select`). Names hold no
 * dot, so ids of two imports differ. A path without Latin letters gets a hash. Of two paths with one slug, the second
 * gets a number.
 */
export function createIds(name: string): (path: string) => string {
  const given = new Set<string>();
  return function idOf(path) {
    const wanted = `${name}.${pathSlug(path)}`;
    let id = wanted;
    for (let number = 2; given.has(id); number++) id = `${wanted}-${number}`;
    given.add(id);
    return id;
  };
}

/** `lang/Select%20it.html?v=2` -> `lang-select-it-v-2`; the root's index -> `index`. */
function pathSlug(path: string): string {
  const plain = decodedPath(path)
    .replace(/\.(?:x?html?|shtml|php)(?=$|\?)/i, '')
    .replace(/\/index$/i, '');
  const readable = slug(plain);
  const lossy = /[^\0-\u007F]/.test(plain.normalize('NFKD').replaceAll(/\p{M}/gu, ''));
  const digest = hash('sha256', path).slice(0, 8);
  if (readable === '') return lossy ? digest : 'index';
  if (lossy || readable.length > maxSlugCharacters)
    return `${readable.slice(0, maxSlugCharacters).replace(/-$/, '')}-${digest}`;
  return readable;
}
