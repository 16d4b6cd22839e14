import type { Terminal } from '../../cli/terminal.ts';
import type { Home } from '../runner/home.ts';
import { restoreLeft } from '../runner/restore.ts';

/** Cleans up after a runner that was killed, and says what was left. */
export async function restore(home: Home, terminal: Terminal): Promise<void> {
  const left = await restoreLeft(home);
  if (!left) return terminal.line('nothing is left to restore');
  terminal.line(`lab ${left.lab} had been killed in its phase "${left.phase}"; nothing of it is left`);
  terminal.line(`Start it again: npm run lab -- ${left.lab}`);
}
