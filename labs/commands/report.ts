import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Terminal } from '../../cli/terminal.ts';
import { LabUsageError } from '../runner/errors.ts';
import type { Home } from '../runner/home.ts';
import type { Lab } from '../runner/lab.ts';

/** Says where the last report of a lab is. */
export function report(lab: Lab, home: Home, terminal: Terminal): void {
  const file = path.join(home.reports(lab.id), 'index.html');
  if (!existsSync(file)) throw new LabUsageError(`lab ${lab.id} has no report yet: npm run lab -- ${lab.id} makes it`);
  terminal.line(`file://${file}`);
}
