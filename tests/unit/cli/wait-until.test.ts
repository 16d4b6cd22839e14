import { expect, test } from 'vitest';
import { CommandError } from '../../../cli/errors.ts';
import { waitUntil } from '../../../cli/wait-until.ts';

test('it looks until there is a value', async () => {
  const seen = [undefined, undefined, 'found'];
  expect(await waitUntil(async () => seen.shift(), { boundMs: 60_000, everyMs: 1, late: 'late' })).toBe('found');
  expect(seen).toEqual([]);
});

test('when the time is over, it says what was late; it has looked at least once', async () => {
  let looks = 0;
  const look = async () => void looks++;
  await expect(waitUntil(look, { boundMs: -1, everyMs: 1, late: 'app-1 is late' })).rejects.toThrow(
    new CommandError('app-1 is late'),
  );
  expect(looks).toBe(1);
});
