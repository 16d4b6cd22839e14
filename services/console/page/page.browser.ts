import 'uplot/dist/uPlot.min.css';
import './styles/theme.css';
import './styles/frame.css';
import './styles/picture.css';
import './styles/parts.css';
import './styles/views.css';
import { h, render } from 'preact';
import { App } from './app.tsx';
import { createStore } from './store.ts';

render(h(App, { store: createStore() }), document.querySelector('#console')!);
