import 'uplot/dist/uPlot.min.css';
import './styles/theme.css';
import './styles/frame.css';
import './styles/picture.css';
import './styles/tiles.css';
import './styles/incidents.css';
import './styles/tables.css';
import './styles/node.css';
import './styles/faults.css';
import './styles/views.css';
import { h, render } from 'preact';
import { ConsoleApp } from './app.tsx';
import { createConsoleStore } from './store.ts';

render(h(ConsoleApp, { store: createConsoleStore() }), document.querySelector('#console')!);
