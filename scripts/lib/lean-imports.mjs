/**
 * Makes the bundle load less code when a process starts, because 21 processes start at once. The times are the
 * processor time that each process saves:
 *
 *   node:http by `import`   makes Node.js evaluate all its exports, also the getters for its own WebSocket: 75 ms.
 *                           By `require` they stay unevaluated.
 *   node:tls, https, http2  are required by packages that use them only sometimes: 27 ms. They load at the first use.
 *   undici                  its index loads fetch, WebSocket, caches and mocks; the nodes use the pool.
 */
import path from 'node:path';

const undiciParts = {
  Pool: 'lib/dispatcher/pool.js',
  Agent: 'lib/dispatcher/agent.js',
  EnvHttpProxyAgent: 'lib/dispatcher/env-http-proxy-agent.js',
  errors: 'lib/core/errors.js',
};

/**
 * An esbuild plugin. If the code imports another name from undici, the build fails and shows the name. Then add the
 * name and its file to `undiciParts`.
 */
export function leanImports(root) {
  const fileOf = (file) => path.join(root, 'node_modules', 'undici', file).replaceAll('\\', '/');
  return {
    name: 'lean-imports',
    setup(build) {
      build.onResolve(
        { filter: /^node:(?:http|child_process|crypto|net|fs|fs\/promises|worker_threads)$/ },
        ({ path: name, kind }) =>
          kind === 'import-statement' ? { path: name, namespace: 'required' } : { path: name, external: true },
      );
      build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path: name }) => ({
        contents: `module.exports = require(${JSON.stringify(name)});`,
      }));

      build.onResolve({ filter: /^(?:node:)?(?:tls|https|http2)$/ }, ({ path: name, kind, namespace }) =>
        kind === 'require-call' && namespace !== 'late'
          ? { path: name, namespace: 'late' }
          : { path: name, external: true },
      );
      build.onLoad({ filter: /.*/, namespace: 'late' }, ({ path: name }) => ({
        contents: `module.exports = new Proxy({}, {
          get: (_, key) => require(${JSON.stringify(name)})[key],
          has: (_, key) => key in require(${JSON.stringify(name)}),
        });`,
        resolveDir: root,
      }));

      // OpenTelemetry's traces are for exemplars, which this project does not use.
      build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ path: name, namespace }) =>
        namespace === 'late' ? undefined : { path: name, namespace: 'late' },
      );

      // client-h2.js reads constants of node:http2 when it loads, and is called for HTTP/2 only.
      build.onResolve({ filter: /\/client-h2\.js$/ }, ({ namespace }) =>
        namespace === 'late-file' ? undefined : { path: fileOf('lib/dispatcher/client-h2.js'), namespace: 'late-file' },
      );
      build.onLoad({ filter: /.*/, namespace: 'late-file' }, ({ path: file }) => ({
        contents: `module.exports = (...args) => require(${JSON.stringify(file)})(...args);`,
        resolveDir: root,
      }));

      build.onResolve({ filter: /^undici$/ }, ({ kind }) =>
        kind === 'import-statement' ? { path: 'undici', namespace: 'parts' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'parts' }, () => ({
        contents: [
          // As in the index: request, stream ... are methods of every dispatcher.
          `import Dispatcher from ${JSON.stringify(fileOf('lib/dispatcher/dispatcher.js'))};`,
          `import api from ${JSON.stringify(fileOf('lib/api/index.js'))};`,
          'Object.assign(Dispatcher.prototype, api);',
          ...Object.entries(undiciParts).map(
            ([name, file]) => `export { default as ${name} } from ${JSON.stringify(fileOf(file))};`,
          ),
        ].join('\n'),
        resolveDir: root,
      }));
    },
  };
}
