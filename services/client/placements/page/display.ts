import type { Key } from '../keys.ts';
import { type PlacementName, placementNames } from '../names.ts';
import type { Screen } from '../screen.ts';
import { sessionQuery } from '../session.ts';
import type { Runner } from './runner.ts';
import { keysBetween } from './typing.ts';

/** Connects the page with the placements: events become keys, and screens are shown. */
export function createDisplay(document: Document, runner: Runner, asked?: string): void {
  const find = <E extends HTMLElement>(selector: string): E => document.querySelector<E>(selector)!;
  const input = find<HTMLInputElement>('#typed');
  const screen = find('#screen');
  const status = find('#status');
  const problem = find('#problem');
  const query = asked?.trim().slice(0, 60) || sessionQuery;
  find('#query').textContent = query;
  /** The text that the sent keys produce. After an edit of the input, further keys turn this text into the new one. */
  let line = '';
  let name: PlacementName = 'terminal';
  let waiting = 0;

  /** Counts the keys that are being handled; the screen is busy while there are some. */
  function wait(change: 1 | -1): void {
    waiting += change;
    screen.ariaBusy = String(waiting > 0);
  }

  function show({ typed, html, said }: Screen, last = true): void {
    // The screen comes from our own renderer, which escapes all text.
    screen.innerHTML = html;
    status.textContent = said;
    if (!last) return;
    line = typed;
    if (input.value !== typed) input.value = typed;
  }

  function tell(error: unknown): void {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }

  /** Sends keys. The runner handles them one after the other, so no key overtakes another. */
  function press(keys: readonly Key[]): void {
    for (const key of keys) {
      wait(1);
      runner
        .press(name, key)
        .then((drawn) => {
          problem.hidden = true;
          wait(-1);
          show(drawn, waiting === 0);
        })
        .catch((error: unknown) => {
          wait(-1);
          tell(error);
          if (waiting === 0) show(lastScreen());
        });
    }
  }

  const lastScreen = (): Screen => runner.last(name) ?? { typed: '', html: '', said: '' };

  async function play(names: readonly PlacementName[]): Promise<void> {
    const buttons = document.querySelectorAll<HTMLButtonElement>('#play, #play-all');
    for (const button of buttons) button.disabled = true;
    problem.hidden = true;
    wait(1);
    try {
      for (const each of names) {
        choose(each);
        await runner.play(each, query, (drawn) => show(drawn));
        status.textContent = `${each}: ${runner.cost(each).traffic.roundTrips} round trips`;
      }
    } catch (error) {
      tell(error);
    } finally {
      wait(-1);
      for (const button of buttons) button.disabled = false;
    }
  }

  function choose(next: PlacementName): void {
    name = next;
    find<HTMLInputElement>(`input[value="${next}"]`).checked = true;
    for (const row of document.querySelectorAll<HTMLElement>('tr[data-placement]'))
      row.toggleAttribute('data-chosen', row.dataset['placement'] === next);
  }

  input.addEventListener('input', () => {
    const keys = keysBetween(line, input.value);
    line = input.value;
    press(keys);
  });
  find('form.line').addEventListener('submit', (event) => {
    event.preventDefault();
    press(['Enter']);
  });
  screen.addEventListener('click', (event) => {
    const key = (event.target as Element).closest<HTMLElement>('[data-key]')?.dataset['key'];
    if (key !== undefined) press([key]);
  });
  for (const radio of document.querySelectorAll<HTMLInputElement>('input[name=placement]'))
    radio.addEventListener('change', () => {
      choose(radio.value as PlacementName);
      show(lastScreen());
      problem.hidden = true;
    });
  find('#play').addEventListener('click', () => void play([name]));
  find('#play-all').addEventListener('click', () => void play(placementNames));
  choose(name);
}
