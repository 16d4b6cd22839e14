/** node warm.mjs CACHE CHUNK...: loads the chunks with V8's compile cache on, so that CACHE holds them compiled. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';

const [cache, ...chunks] = process.argv.slice(2);
enableCompileCache(cache);
for (const chunk of chunks) await import(pathToFileURL(chunk).href);
flushCompileCache();
// The build must not wait for a timer that a module has set.
process.exit(0);
