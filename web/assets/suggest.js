/**
 * Suggestions while one types: turns the plain search box into a combobox with a list
 * (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). Without this script the box still searches.
 */

/** ms: long enough to skip most letters of a fast typist, short enough not to be noticed. */
const waitMs = 60;

begin();
// The page was brought up to date in place (connection.js): its search box is a new one.
document.addEventListener('replaced', begin);
document.addEventListener('keydown', focusBySlash);

function begin() {
  const form = document.querySelector('form[data-suggest]');
  if (form) suggest(form, form.querySelector('input[type=search]'));
}

function suggest(form, input) {
  const list = document.createElement('ul');
  list.id = 'suggestions';
  list.className = 'suggestions';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Suggestions');
  const status = document.createElement('p');
  status.className = 'unseen';
  status.setAttribute('role', 'status');
  input.parentElement.append(list);
  form.append(status);
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': list.id,
    'aria-expanded': 'false',
  }))
    input.setAttribute(name, value);

  let typed = input.value;
  let active = -1;
  let timer;
  let asking;

  input.addEventListener('input', () => {
    typed = input.value;
    clearTimeout(timer);
    asking?.abort();
    if (typed.trim() === '') return close();
    timer = setTimeout(() => {
      ask(typed).catch((error) => {
        // Aborted: the user typed more, and the newer request brings its own list. After other errors the list closes.
        if (error.name === 'AbortError') return;
        close();
        document.dispatchEvent(new Event('unanswered'));
      });
    }, waitMs);
  });

  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      input.value = typed;
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (list.hidden && list.children.length > 0) open();
      if (list.hidden) return;
      event.preventDefault();
      const count = list.children.length;
      // One more place than suggestions, for the words as typed.
      choose(((active + 1 + (event.key === 'ArrowDown' ? 1 : count)) % (count + 1)) - 1);
    } else if (event.key === 'Tab') close();
  });

  input.addEventListener('blur', close);
  form.addEventListener('submit', close);
  // Pressing must not take the focus from the box: it would close the list before the click arrives.
  list.addEventListener('mousedown', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const option = event.target.closest('[role=option]');
    if (!option) return;
    input.value = option.dataset.value;
    close();
    form.requestSubmit();
  });

  async function ask(prefix) {
    asking = new AbortController();
    const address = `${form.dataset.suggest}?prefix=${encodeURIComponent(prefix.slice(0, 200))}`;
    const response = await fetch(address, { signal: asking.signal, headers: { accept: 'application/json' } });
    if (!response.ok) return close();
    const { suggestions } = await response.json();
    if (prefix === input.value && document.activeElement === input) show(suggestions);
  }

  function show(suggestions) {
    list.replaceChildren(...suggestions.map(option));
    active = -1;
    input.removeAttribute('aria-activedescendant');
    status.textContent = suggestions.length === 0 ? '' : `${suggestions.length} suggestions; use the arrow keys`;
    if (suggestions.length === 0) close();
    else open();
  }

  function option(text, i) {
    const item = document.createElement('li');
    item.id = `suggestion-${i}`;
    item.dataset.value = text;
    item.setAttribute('role', 'option');
    item.setAttribute('aria-selected', 'false');
    if (text.toLowerCase().startsWith(typed.toLowerCase())) {
      const rest = document.createElement('b');
      rest.textContent = text.slice(typed.length);
      item.append(text.slice(0, typed.length), rest);
    } else item.textContent = text;
    return item;
  }

  function choose(next) {
    list.children[active]?.setAttribute('aria-selected', 'false');
    active = next;
    const item = list.children[active];
    item?.setAttribute('aria-selected', 'true');
    item?.scrollIntoView({ block: 'nearest' });
    if (item) input.setAttribute('aria-activedescendant', item.id);
    else input.removeAttribute('aria-activedescendant');
    input.value = item ? item.dataset.value : typed;
  }

  function open() {
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
  }

  function close() {
    clearTimeout(timer);
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    status.textContent = '';
  }
}

/** "/" goes to the search box, as on many reference sites; not while something is being typed. */
function focusBySlash(event) {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]')) return;
  const input = document.querySelector('form[data-suggest] input[type=search]');
  if (!input) return;
  event.preventDefault();
  input.focus();
  input.select();
}
