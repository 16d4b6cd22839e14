/**
 * The service worker of the search pages. It keeps the last answers on the device, so that they can be read offline,
 * and asks another door when the door of the page does not answer.
 *
 *   page --request--> worker --1--> the page's own door
 *                        |----2--> the other doors, one after the other
 *                        '----3--> the copy that was kept, marked as one: only if no door answers
 *
 * web/service-worker.ts puts the constant `settings` in front of this file.
 */
const { version, assets, doors, headers, offlinePage } = settings;

/** The headers of what this worker itself answers. */
const html = {
  ...headers,
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-offline': '1',
};

const pagesName = `tierlab-pages-${version}`;
const assetsName = `tierlab-assets-${version}`;

const race = 'race-network-and-fetch-handler';

/** How many pages are kept (the newest), and how long a page may be, characters. */
const maxPages = 60;
const maxLength = 500_000;
const keepAfterMs = 500;
/** A door answers every request within 5 s. A door that is silent for this time has gone, ms. */
const patienceMs = 7_000;
/** After the page's own door was silent, it is asked last for this time, ms. */
const avoidMs = 15_000;
let avoidOwnUntil = 0;

self.addEventListener('install', (event) => event.waitUntil(install(event)));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', answer);

async function install(event) {
  // The browser sends the request itself and tells this worker at the same time: a search does not wait for the worker.
  // The first fetch of the same request here shares that answer, so the door gets one request.
  await event.addRoutes?.([
    { condition: { requestMode: 'navigate', urlPattern: { pathname: '/*' } }, source: race },
    { condition: { urlPattern: { pathname: '/assets/*' } }, source: race },
  ]);
  const cache = await caches.open(assetsName);
  await cache.addAll(assets);
  await self.skipWaiting();
}

/** Deletes the copies of other builds, because they may not fit the scripts of this build. */
async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('tierlab-') && name !== pagesName && name !== assetsName);
  await Promise.all(old.map((name) => caches.delete(name)));
  // For browsers without routes: the request starts while this worker starts.
  if (!globalThis.InstallEvent?.prototype.addRoutes) await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

function answer(event) {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  const path = request.url.slice(origin.length).replace(/#.*/s, '');
  const isNavigation = request.mode === 'navigate';
  if (request.method === 'HEAD' && pathname === '/worker.js') event.respondWith(askDoors(path, request));
  else if (request.method !== 'GET') return;
  else if (isPage(pathname) && (isNavigation || request.headers.get('accept') === 'text/html'))
    event.respondWith(pageFor(event, path));
  else if (pathname === '/suggest') event.respondWith(askDoors(path, request));
  else if (pathname.startsWith('/assets/')) event.respondWith(assetFor(path, request));
  else if (isNavigation) event.respondWith(otherPage(event));
}

/** A page that is not kept. */
const otherPage = ({ request, preloadResponse }) =>
  preloadResponse.then((response) => response ?? fetch(request)).catch(() => offline());

const offline = () => new Response(offlinePage, { headers: html });

const isPage = (pathname) => pathname === '/' || pathname === '/search' || pathname.startsWith('/page/');

async function pageFor(event, path) {
  const { request, preloadResponse } = event;
  let response;
  try {
    response = await askDoors(
      path,
      { method: 'GET', accept: 'text/html' },
      async () => (await preloadResponse) ?? fetch(request),
    );
  } catch {
    return earlierPage(path);
  }
  if (response.status === 200 && response.headers.get('content-type')?.startsWith('text/html'))
    event.waitUntil(keep(path, response.clone()).catch(() => undefined));
  return response;
}

async function keep(path, response) {
  const text = await response.text();
  // Writing waits a moment, so that it does not slow down the display of the page.
  await new Promise((resolve) => {
    setTimeout(resolve, keepAfterMs);
  });
  if (text.length > maxLength) return;
  const pages = await caches.open(pagesName);
  // A page that is kept again becomes the newest one.
  await pages.delete(path);
  await pages.put(path, new Response(text, { headers: { 'x-kept-at': String(Date.now()) } }));
  const known = await pages.keys();
  await Promise.all(known.slice(0, -maxPages).map((page) => pages.delete(page)));
}

/** The kept copy with a note that it is one, or the page for an address that is not kept. */
async function earlierPage(path) {
  const pages = await caches.open(pagesName);
  const kept = await pages.match(path);
  if (kept === undefined) return offline();
  const keptAt = Number(kept.headers.get('x-kept-at'));
  const note =
    `<p class="connection" role="status" data-kept-at="${keptAt}">` +
    'You are offline: Tierlab does not answer. This is an earlier answer that this device has kept.</p>';
  const text = await kept.text();
  // Without a body tag the note comes first: an old answer must never look like a new one.
  const marked = /<body/.test(text) ? text.replace(/<body[^>]*>/, `$&${note}`) : note + text;
  return new Response(marked, { headers: html });
}

/** The address of an asset changes with its content, so a copy is as good as the asset. */
async function assetFor(path, request) {
  const cache = await caches.open(assetsName);
  return (await cache.match(path)) ?? askDoors(path, { method: 'GET' }, () => fetch(request));
}

/**
 * The first answer of a door, whatever its status. Rejects if no door answers. `accept` is short: browsers would ask
 * another door for permission to send their own long one.
 */
async function askDoors(path, { method, accept = '*/*' }, first) {
  const ask = (origin) =>
    fetch(origin + path, {
      method,
      headers: { accept },
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(patienceMs),
    });
  const own = [
    () => (first ? inTime(first()) : ask(location.origin)),
    // Once more: when the device has a new address, the first request may have used a connection of the old one.
    () => ask(location.origin),
  ];
  const others = doors
    .filter((port) => String(port) !== location.port)
    .map((port) => async () => asOwn(await ask(`${location.protocol}//${location.hostname}:${port}`)));
  const isAvoided = Date.now() < avoidOwnUntil;
  let last;
  for (const attempt of isAvoided ? [...others, own[1]] : [...own, ...others]) {
    try {
      return await attempt();
    } catch (error) {
      last = error;
      const isOwn = own.includes(attempt);
      if (isOwn && error.name === 'TimeoutError') avoidOwnUntil = Date.now() + avoidMs;
    }
  }
  throw last;
}

function inTime(promise) {
  const late = new Promise((resolve, reject) => {
    setTimeout(() => reject(new DOMException('no answer', 'TimeoutError')), patienceMs);
  });
  return Promise.race([promise, late]);
}

/** The answer of another door has another origin. The page gets it with the security headers of its own door. */
function asOwn({ body, status, headers: sent }) {
  return new Response(body, { status, headers: { ...headers, 'content-type': sent.get('content-type') ?? '' } });
}
