import { expect, test } from 'vitest';
import { maxTyped } from '../../../../services/client/placements/keys.ts';
import { createUserInterface } from '../../../../services/client/placements/user-interface.ts';

const never = () => Promise.reject(new Error('nobody searches here'));

test('no key and no suggestion makes the line longer than the server takes', async () => {
  const ui = createUserInterface();
  const application = { search: never, suggest: async (typed: string) => [`${typed}g`, `${typed}ggg`] };
  for (const key of 'd'.repeat(maxTyped - 1)) await ui.press(key, application);
  // Its two code units do not fit.
  expect((await ui.press('🐕', application)).typed).toBe('d'.repeat(maxTyped - 1));
  expect(ui.shown().suggestions.map(({ length }) => length)).toEqual([maxTyped]);
  await ui.press('o', application);
  expect([ui.shown().typed.length, ui.shown().suggestions]).toEqual([maxTyped, []]);
  expect((await ui.press('x', application)).typed).toBe(`${'d'.repeat(maxTyped - 1)}o`);
});
