import path from 'node:path';
import process from 'node:process';

/**
 * The environment of a command that runs from its sources: half of the time of its start is compilation, so Node.js
 * keeps the compiled code. The build removes the folder when it is old.
 */
export const compiled: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: path.resolve(import.meta.dirname, '../../dist/.cache-tests'),
};
