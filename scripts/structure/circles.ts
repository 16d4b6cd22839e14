import type { Imports } from './imports.ts';

/** Each folder inside of these is a part of the system. For this check, it counts as a folder of its own. */
const divided = ['services', 'shared'];

/** `shared/rpc/layers/none.ts` -> `shared/rpc`; `search/text/words.ts` -> `search`; a file at the root -> `.`. */
export function folderOf(file: string): string {
  const parts = file.split('/');
  if (parts.length === 1) return '.';
  return divided.includes(parts[0]!) && parts.length > 2 ? parts.slice(0, 2).join('/') : parts[0]!;
}

/** Two folders that import each other, with one import of each direction. */
export interface MutualFolders {
  readonly folders: readonly [string, string];
  readonly there: string;
  readonly back: string;
}

export function mutualFolders(imports: Imports): MutualFolders[] {
  const first = new Map<string, string>();
  for (const [file, targets] of imports)
    for (const target of targets) {
      // A file directly in a divided folder, such as shared/invariant.ts, is not the parent of the other folders in it.
      for (const [from, to] of [
        [folderOf(file), folderOf(target)],
        [top(file), top(target)],
      ] as const)
        if (from !== to && !inside(from, to) && !first.has(`${from} ${to}`))
          first.set(`${from} ${to}`, `${file} imports ${target}`);
    }
  return [...first].flatMap(([pair, there]) => {
    const [a, b] = pair.split(' ') as [string, string];
    const back = first.get(`${b} ${a}`);
    return a < b && back !== undefined ? [{ folders: [a, b], there, back }] : [];
  });
}

const top = (file: string): string => (file.includes('/') ? file.split('/', 1)[0]! : '.');
const inside = (a: string, b: string): boolean => a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

/** Files that import each other in a circle: strongly connected components of more than one file (Tarjan 1972). */
export function fileCircles(imports: Imports): string[][] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  function visit(file: string): void {
    index.set(file, index.size);
    lowest.set(file, index.get(file)!);
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(target)!));
    }
    if (lowest.get(file) !== index.get(file)) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) circles.push(circle.sort());
  }

  for (const file of imports.keys()) if (!index.has(file)) visit(file);
  return circles;
}
