/**
 * Updates the page without reloading it. The focus, open lists and pressed buttons stay as they are. If the console does
 * not answer, the page says so. Without this script the page reloads itself.
 */
const everyMs = 2_000;
const patienceMs = 5_000;

renewLater();

function renewLater() {
  setTimeout(() => void renew().then(isHere, isAway).then(renewLater), everyMs);
}

async function renew() {
  const response = await fetch(location.href, { signal: AbortSignal.timeout(patienceMs) });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  document.title = fresh.title;
  for (const part of ['header', 'main']) become(document.querySelector(part), fresh.querySelector(part));
}

function isHere() {
  document.querySelector('#away').textContent = '';
}

function isAway() {
  const time = new Date().toTimeString().slice(0, 8);
  document.querySelector('#away').textContent ||=
    `The console does not answer since ${time}: this is what it said last.`;
}

/** Makes `old` like `fresh`. Elements stay: those with an id wherever they stand now, others by their place. */
function become(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const name of old.getAttributeNames())
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);

  const ids = new Set([...fresh.children].map(({ id }) => id));
  for (const child of Array.from(old.children)) if (child.id && !ids.has(child.id)) child.remove();
  let place = old.firstChild;
  for (const child of Array.from(fresh.childNodes)) {
    const same = counterpart(child, place, old);
    if (same) become(same, child);
    if (same && same === place) place = place.nextSibling;
    else old.insertBefore(same ?? child, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function counterpart(child, place, parent) {
  if (child.id) return [...parent.children].find(({ id }) => id === child.id);
  return place && !place.id && place.nodeName === child.nodeName ? place : undefined;
}
