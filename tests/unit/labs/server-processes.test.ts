import { once } from 'node:events';
import { expect, test } from 'vitest';
import { withServers } from '../../../labs/kit/server-processes.ts';
import { LabUnknownError } from '../../../labs/runner/errors.ts';

test('a server that ends by itself aborts the measurement, and its result does not count', async () => {
  const program = new URL('./fixtures/ends-when-told.ts', import.meta.url);
  const options = { program, names: ['a', 'b'], caller: 'test', signal: new AbortController().signal };
  const run = withServers(options, async ({ tell, signal }) => {
    tell(1, true);
    await once(signal, 'abort');
  });
  await expect(run).rejects.toThrow(LabUnknownError);
}, 20_000);
