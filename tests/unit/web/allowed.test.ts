import { expect, test } from 'vitest';
import { allowedMethods } from '../../../web/allowed.ts';

const routes = [
  { url: '/', methods: ['GET'] },
  { url: '/page/:id', methods: ['GET', 'HEAD'] },
  { url: '/page/:id', methods: ['PUT'] },
  { url: '/docs/static/*', methods: ['GET'] },
  { url: '/openapi.json', methods: ['GET'] },
];

test.each([
  ['/', ['GET']],
  ['/page/n1', ['GET', 'HEAD', 'PUT']],
  ['/page/', []],
  ['/page/n1/links', []],
  ['/docs/static/a/b.css', ['GET']],
  ['/openapi.json', ['GET']],
  ['/openapi-json', []],
  ['/nowhere', []],
])('%s answers to %j', (path, methods) => {
  expect(allowedMethods(routes, path)).toEqual(methods);
});
