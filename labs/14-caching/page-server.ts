/** A process that serves a store of pages. */
import { serveParent } from '../kit/serve-parent.ts';
import { createPageHandlers, pageStore } from './invalidation.ts';

serveParent({ contract: pageStore, handlers: createPageHandlers() as never });
