/**
 * Cheaper ways to the same modules, for the bundle only. Measured, processor time at the start of each process:
 *
 *   node:http by `import`   makes Node.js evaluate every export of it, the getters for its built-in WebSocket too: 75 ms.
 *                           By `require` they stay unevaluated.
 *   undici                  its index loads fetch, WebSocket, caches and mocks; the nodes use the pool.
 */
import path from 'node:path';

const undiciParts = { Pool: 'lib/dispatcher/pool.js', errors: 'lib/core/errors.js' };

/** An esbuild plugin. Another name imported from undici fails the build by name: add its file above. */
export function leanImports(root) {
  const fileOf = (file) => path.join(root, 'node_modules', 'undici', file).replaceAll('\\', '/');
  return {
    name: 'lean-imports',
    setup(build) {
      build.onResolve({ filter: /^node:https?$/ }, ({ path: name, kind }) =>
        kind === 'import-statement' ? { path: name, namespace: 'required' } : { path: name, external: true },
      );
      build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path: name }) => ({
        contents: `module.exports = require('${name}');`,
        loader: 'js',
      }));
      build.onResolve({ filter: /^undici$/ }, ({ kind }) =>
        kind === 'import-statement' ? { path: 'undici', namespace: 'parts' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'parts' }, () => ({
        contents: [
          // as the index does: request, stream ... are methods of every dispatcher
          `import Dispatcher from '${fileOf('lib/dispatcher/dispatcher.js')}';`,
          `import api from '${fileOf('lib/api/index.js')}';`,
          'Object.assign(Dispatcher.prototype, api);',
          ...Object.entries(undiciParts).map(([name, file]) => `export { default as ${name} } from '${fileOf(file)}';`),
        ].join('\n'),
        loader: 'js',
        resolveDir: root,
      }));
    },
  };
}
