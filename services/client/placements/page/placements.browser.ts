import './placements.css';
import { createCounters } from './counters.ts';
import { createDisplay } from './display.ts';
import { createRunner } from './runner.ts';

const counters = createCounters(document);
const runner = createRunner(() => performance.now(), counters.show);
createDisplay(document, runner, new URLSearchParams(location.search).get('q') ?? undefined);
