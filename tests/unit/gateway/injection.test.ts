import { afterAll, beforeAll, expect, test } from 'vitest';
import { attacks, smallCorpus } from '../app/pages.ts';
import { smallSystem, type SmallSystem } from '../app/small-system.ts';
import { elements } from '../../support/html-elements.ts';

/** Hostile input through the real doors, over every real tier; and hostile pages, as a crawl could bring them. */
let system: SmallSystem;
beforeAll(async () => {
  system = await smallSystem(2);
});
afterAll(() => system.stop());

/** Everything in a page that could act: elements and attributes as a browser's parser sees them. */
function active(html: string): string[] {
  return elements(html).flatMap(({ tag, attributes }) => {
    const found: string[] = [];
    if (tag === 'script' && !attributes.src?.startsWith('/assets/')) found.push('an inline script');
    if (['iframe', 'object', 'embed', 'base', 'img', 'style'].includes(tag)) found.push(`<${tag}>`);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('on') || name === 'style') found.push(`${tag} ${name}`);
      if ((name === 'href' || name === 'src' || name === 'action') && !/^(\/(?!\/)|https?:|#)/.test(value))
        found.push(`${name}=${value}`);
    }
    return found;
  });
}

test.each([
  '<img src=x onerror=1>',
  '<script>1</script>',
  '<script src="https://evil.example/x.js"></script>',
  '<a href="javascript:1">x</a>',
  '<a href="//evil.example">x</a>',
  '<p onclick=1>x</p>',
  '<svg onload=1>',
])('the look for what could act finds %s', (html) => {
  expect(active(html)).not.toEqual([]);
});

const page = (url: string) => system.client.inject({ url, headers: { accept: 'text/html' } });

test.each(attacks)('as a query, %j stays text', async (attack) => {
  const q = encodeURIComponent(attack);
  for (const style of ['object-based', 'layered']) {
    const reply = await page(`/search?q=${q}&style=${style}&explain=true`);
    expect(reply.statusCode).toBe(200);
    expect(active(reply.body)).toEqual([]);
    expect(Object.keys(reply.headers)).not.toContain('set-cookie');
  }
  const json = await system.gateway.inject(`/api/search?q=${q}`);
  expect(json.statusCode).toBe(200);
  expect(json.json()).toMatchObject({ query: attack });
});

test('hostile pages are found, shown and linked to as text', async () => {
  const results = await page('/search?q=hostile&size=100&explain=true');
  expect(results.body).toContain('hostile');
  expect(active(results.body)).toEqual([]);
  for (const [i] of attacks.entries()) {
    const reply = await page(`/page/attack-${i}`);
    expect(reply.statusCode).toBe(200);
    expect(active(reply.body)).toEqual([]);
  }
});

test('after all of this the data is what it was', async () => {
  for (const { id, title, body } of smallCorpus) {
    const reply = await system.gateway.inject(`/api/pages/${id}`);
    expect(reply.json()).toMatchObject({ id, title, body });
  }
});

test.each([
  ['x-request-id', 'a\nset-cookie: hacked=1'],
  ['x-request-id', '<script>'],
  ['traceparent', '00-<script>-0-01'],
  ['x-deadline-ms', '-1; DROP TABLE pages'],
])('the header %s cannot carry %j into the answer', async (name, value) => {
  const reply = await system.client.inject({
    url: '/search?q=a&page=x',
    headers: { accept: 'text/html', [name]: value },
  });
  expect(JSON.stringify(reply.headers)).not.toMatch(/hacked|script>/);
  expect(active(reply.body)).toEqual([]);
});

test.each([
  '/page/%3Cscript%3E',
  '/page/..%2F..%2Fetc%2Fpasswd',
  '/page/%00',
  '/%3Csvg%20onload=x%3E',
  '/assets/..%2f..%2fpackage.json',
])('the address %s is refused, and its page is harmless', async (url) => {
  const reply = await page(url);
  expect([400, 404]).toContain(reply.statusCode);
  expect(active(reply.body)).toEqual([]);
});

test.each([
  ['an array for an object', '[]'],
  ['a prototype', '{"__proto__":{"admin":true}}'],
  ['a constructor', '{"constructor":{"prototype":{"admin":true}}}'],
  ['JSON that never ends', '{"a":'.repeat(10_000)],
  ['a number beyond all numbers', '1e999999'],
])('%s as a body changes nothing and is refused', async (_name, payload) => {
  const reply = await system.gateway.inject({
    method: 'POST',
    url: '/api/search',
    headers: { 'content-type': 'application/json' },
    payload,
  });
  expect([400, 405]).toContain(reply.statusCode);
  expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});
