/**
 * `npm run check -- --only structure`: no two folders import each other, no files import each other in a circle, every
 * file that a document or a comment names exists, and no two files export different things by one name. Prints each
 * violation, then one line of counts.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileCircles, mutualFolders } from './structure/circles.ts';
import { missingDocuments } from './structure/documents.ts';
import { importsOf } from './structure/imports.ts';
import { doubleNames } from './structure/names.ts';

/** Tracked files, and new ones that git does not ignore. */
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
const files = listed.split('\n').filter((file) => file !== '' && existsSync(file));
const textsOf = (kind: RegExp) =>
  new Map(files.filter((file) => kind.test(file)).map((file) => [file, readFileSync(file, 'utf8')] as const));

const imports = importsOf(textsOf(/\.(?:ts|tsx|mjs)$/));
const doubles = doubleNames(textsOf(/^(?!tests\/).*\.(?:ts|tsx|mjs)$/));
const mutual = mutualFolders(imports);
const circles = fileCircles(imports);
// CHANGELOG.md is history, so it may name files that no longer exist.
const named = textsOf(/(?<!CHANGELOG)\.md$|\.(?:ts|tsx|mjs|ya?ml)$|(?:^|\/)(?:Dockerfile|run)$/);
const missing = missingDocuments(named, new Set(files));

for (const { folders, there, back } of mutual)
  console.log(`${folders[0]} and ${folders[1]} import each other: ${there}; ${back}`);
for (const circle of circles) console.log(`a circle of files: ${circle.join(', ')}`);
for (const { file, line, named } of missing) console.log(`${file}:${line}: names ${named}, which does not exist`);
for (const { name, files } of doubles) console.log(`${name} has a meaning of its own in each of ${files.join(', ')}`);
const counts = {
  'mutual folders': mutual,
  'file circles': circles,
  'missing documents': missing,
  'double names': doubles,
};
console.log(
  Object.entries(counts)
    .map(([what, { length }]) => `${length} ${what}`)
    .join(', '),
);
process.exitCode = Object.values(counts).every(({ length }) => length === 0) ? 0 : 1;
