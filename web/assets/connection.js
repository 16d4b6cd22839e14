/**
 * Keeps the user's work while the connection fails: says that the page is offline and how old it is, and brings it up
 * to date when a door answers again. The service worker (worker.js) keeps the pages.
 */

/** While the page is visible, one small request per interval shows whether a door answers, ms. */
const probeEveryMs = 10_000;
/** The pauses between attempts to catch up grow from the first to the last, ms. */
const firstPauseMs = 1_000;
const lastPauseMs = 10_000;

/** When the shown answer was made, wall-clock ms. */
let madeAt = performance.timeOrigin;
let isOffline = false;
let pauseMs = firstPauseMs;
let timer;

registerWorker();
look();
setInterval(tellAge, 1_000);
setInterval(probe, probeEveryMs);
addEventListener('offline', goOffline);
addEventListener('online', () => (isOffline ? catchUp() : probe()));
// A page that the browser shows again may be old, and its server may have gone.
addEventListener('pageshow', ({ persisted }) => persisted && probe());
document.addEventListener('visibilitychange', () => (isOffline ? catchUp() : probe()));
document.addEventListener('unanswered', probe);

function registerWorker() {
  const { serviceWorker: workers } = navigator;
  // Browsers have service workers only on this machine and over HTTPS.
  if (workers === undefined) return;
  const start = () => void workers.register('/worker.js', { updateViaCache: 'none' }).catch(() => undefined);
  if (document.readyState === 'complete') start();
  else addEventListener('load', start);
  // A new worker has not seen this page. The page is asked for again, so that it is kept too.
  workers.addEventListener('controllerchange', () => void askAgain().catch(() => undefined));
}

/** Reads what the worker has written into this page: it is a kept copy, or it stands for a page that is not kept. */
function look() {
  const kept = document.querySelector('.connection[data-kept-at]');
  const unanswered = document.querySelector('[data-unanswered]');
  if (kept) madeAt = Number(kept.dataset.keptAt);
  if (unanswered) void listKept(unanswered);
  if (kept || unanswered) goOffline();
}

async function probe() {
  if (isOffline || document.hidden) return;
  await fetch('/worker.js', { method: 'HEAD', cache: 'no-store' }).catch(goOffline);
}

function goOffline() {
  if (isOffline) return;
  isOffline = true;
  pauseMs = firstPauseMs;
  tellAge();
  wait();
}

function wait() {
  clearTimeout(timer);
  // The pause is random, so that not all pages ask at the same moment when a door answers again.
  timer = setTimeout(catchUp, pauseMs * (0.75 + Math.random() / 2));
  pauseMs = Math.min(lastPauseMs, pauseMs * 1.5);
}

/** A redirect is not followed: it may lead to another door, which this page may not ask. Its answer has no text. */
function askAgain() {
  return fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store', redirect: 'manual' });
}

async function catchUp() {
  clearTimeout(timer);
  const response = document.hidden ? undefined : await askAgain().catch(() => undefined);
  if (!isOffline) return;
  if (response === undefined || response.headers.has('x-offline') || response.status >= 500) return wait();
  replace(await response.text());
  isOffline = false;
  madeAt = Date.now();
}

/** Shows the new answer. The words in the search box, the focus and the place on the page stay as they are. */
function replace(text) {
  const next = new DOMParser().parseFromString(text, 'text/html');
  // Any other page may have a program of its own, which runs only if the page is loaded.
  if (!('inPlace' in next.body.dataset)) return location.reload();
  const before = stateOf(document);
  document.title = next.title;
  document.body.replaceWith(document.adoptNode(next.body));
  document.dispatchEvent(new Event('replaced'));
  note('Tierlab answers again. This page is up to date.');
  restore(before);
}

function stateOf({ activeElement: focused }) {
  const box = searchBox();
  return {
    typed: box && box.value !== box.defaultValue ? box.value : undefined,
    cursor: box && focused === box ? [box.selectionStart, box.selectionEnd] : undefined,
    link: focused?.closest('main a')?.getAttribute('href'),
    opened: [...document.querySelectorAll('details')].map(({ open }) => open),
    top: scrollY,
  };
}

function restore({ typed, cursor, link, opened, top }) {
  const box = searchBox();
  if (box && typed !== undefined) box.value = typed;
  if (box && cursor) {
    box.focus({ preventScroll: true });
    box.setSelectionRange(...cursor);
  }
  if (link) document.querySelector(`main a[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
  for (const [i, details] of document.querySelectorAll('details').entries()) details.open = opened[i] ?? false;
  scrollTo({ top, behavior: 'instant' });
}

function searchBox() {
  return document.querySelector('form[data-suggest] input[type=search]');
}

function tellAge() {
  if (!isOffline) return;
  const isAnswer = document.querySelector('[data-unanswered]') === null;
  note(
    `You are offline: Tierlab does not answer.${isAnswer ? ` This page is ${ageOf(Date.now() - madeAt)} old.` : ''}`,
  );
}

function note(text) {
  let line = document.querySelector('.connection');
  if (!line) {
    line = document.createElement('p');
    line.className = 'connection';
    line.setAttribute('role', 'status');
    document.body.prepend(line);
  }
  if (line.textContent !== text) line.textContent = text;
}

function ageOf(ms) {
  // The clock of this device was set back.
  if (!(ms >= 0)) return 'an unknown time';
  const count = (n, unit) => `${n} ${unit}${n === 1 ? '' : 's'}`;
  const seconds = Math.floor(ms / 1_000);
  // Once in ten seconds, so that a screen reader is not kept busy.
  if (seconds < 10) return 'a few seconds';
  if (seconds < 60) return count(seconds - (seconds % 10), 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return count(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? count(hours, 'hour') : count(Math.floor(hours / 24), 'day');
}

/** The search that has no answer keeps its words; the searches that can be read offline are listed. */
async function listKept(place) {
  const q = new URL(location.href).searchParams.get('q') ?? '';
  const box = searchBox();
  if (box && box.value === '') box.value = q;
  const names = await caches.keys();
  const name = names.find((it) => it.startsWith('tierlab-pages-'));
  const pages = name === undefined ? [] : await (await caches.open(name)).keys();
  const searches = pages.map(({ url }) => new URL(url)).filter(({ searchParams }) => searchParams.get('q'));
  if (searches.length === 0) return;
  const heading = document.createElement('h2');
  heading.textContent = 'Searches that this device has kept';
  const list = document.createElement('ul');
  for (const { pathname, search, searchParams } of searches.toReversed().slice(0, 10)) {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = pathname + search;
    const page = searchParams.get('page');
    link.textContent = `${searchParams.get('q')}${page ? `, page ${page}` : ''}`;
    item.append(link);
    list.append(item);
  }
  place.append(heading, list);
}
