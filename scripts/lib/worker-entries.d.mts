interface Entry {
  readonly in: string;
  readonly out: string;
}
interface Workers {
  readonly root: string;
  readonly entries: readonly Entry[];
  readonly browserEntries: readonly Entry[];
  readonly users: readonly string[];
}
export function findWorkers(root: string, files: readonly string[]): Workers;
export function rewrite(text: string, file: string, root: string): string;
