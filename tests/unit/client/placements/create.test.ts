import { expect, test } from 'vitest';
import { createPlacement } from '../../../../services/client/placements/create.ts';
import { type Wire, WireError } from '../../../../services/client/placements/wire.ts';

const nobody = () => Promise.reject(new Error('nobody asks for this'));
const silent: Wire = {
  press: nobody,
  search: nobody,
  candidates: nobody,
  parts: nobody,
  texts: nobody,
  words: nobody,
};

test('a terminal whose session has ended says so once, and goes on with a new session', async () => {
  const asked: unknown[] = [];
  let known = 'first';
  const terminal = createPlacement(
    'terminal',
    {
      ...silent,
      async press(request) {
        asked.push(request);
        if (request.session !== undefined && request.session !== known)
          throw new WireError('not_found', 'This terminal session has ended.');
        return { session: known, screen: { typed: request.key, html: '', said: '' } };
      },
    },
    () => 0,
  );
  await terminal.press('a');
  known = 'second';
  await expect(terminal.press('b')).rejects.toThrow(/\bsession\b/);
  await terminal.press('c');
  await terminal.press('d');
  expect(asked).toEqual([{ key: 'a' }, { key: 'b', session: 'first' }, { key: 'c' }, { key: 'd', session: 'second' }]);
});
