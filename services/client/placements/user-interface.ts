import type { Application, Asked } from './application.ts';
import { isCharacter, isNamed, type Key, maxTyped, type NamedKey, offeredSuggestions } from './keys.ts';
import { drawScreen } from './draw.ts';
import { lastPage, type Screen, type Shown } from './screen.ts';

export interface UserInterface {
  /** Handles one key, and draws the screen. When the application fails, nothing has changed. */
  readonly press: (key: Key, application: Application) => Promise<Screen>;
  readonly shown: () => Shown;
}

/**
 * The user interface of the search. It turns keys into requests to the application, and answers into screens. In the
 * placement `terminal` it runs on the server, in all others on the client.
 */
export function createUserInterface(): UserInterface {
  let shown: Shown = { typed: '', suggestions: [] };

  async function typing(typed: string, application: Application): Promise<Shown> {
    const suggestions = typed.trim() === '' ? [] : ((await application.suggest?.(typed)) ?? []);
    const fitting = suggestions.filter((text) => text.length <= maxTyped);
    return { ...shown, typed, suggestions: fitting.slice(0, offeredSuggestions) };
  }

  async function showing(typed: string, asked: Asked, isNew: boolean, application: Application): Promise<Shown> {
    return { typed, suggestions: [], asked, results: await application.search(asked, isNew) };
  }

  async function after(key: NamedKey, application: Application): Promise<Shown> {
    const { typed, suggestions, asked, results } = shown;
    const search = (q: string) =>
      q.trim() === '' ? shown : showing(q, { q, page: 1, order: 'relevance' }, true, application);
    if (key === 'Enter') return search(typed);
    if (key === 'Backspace') return typing([...typed].slice(0, -1).join(''), application);
    if (key.startsWith('Choose')) return search(suggestions[Number(key.at(-1)) - 1] ?? typed);
    if (asked === undefined || results === undefined) return shown;
    const next = turned(key, asked, lastPage(results));
    return next === undefined ? shown : showing(typed, next, false, application);
  }

  return {
    async press(key, application) {
      if (isNamed(key)) shown = await after(key, application);
      else if (isCharacter(key) && shown.typed.length + key.length <= maxTyped)
        shown = await typing(shown.typed + key, application);
      return drawScreen(shown);
    },
    shown: () => shown,
  };
}

/** What is shown after a page or sort key; undefined when nothing changes. */
function turned(key: NamedKey, asked: Asked, last: number): Asked | undefined {
  if (key === 'PageDown') return asked.page < last ? { ...asked, page: asked.page + 1 } : undefined;
  if (key === 'PageUp') return asked.page > 1 ? { ...asked, page: asked.page - 1 } : undefined;
  const order = key === 'ByTitle' ? 'title' : 'relevance';
  return order === asked.order ? undefined : { ...asked, page: 1, order };
}
