/** `npm run generate`: writes the files that are made from other files. A unit test compares the committed ones. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { generatedFiles } from './generated.ts';

const root = path.resolve(import.meta.dirname, '..');
for (const [file, content] of Object.entries(await generatedFiles())) {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), content);
  process.stdout.write(`${file}\n`);
}
