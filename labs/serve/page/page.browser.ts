import '../../../services/console/page/styles/theme.css';
import '../../../services/console/page/styles/frame.css';
import '../../../services/console/page/styles/picture.css';
import '../../../services/console/page/styles/tables.css';
import '../../../services/console/page/styles/faults.css';
import './styles/list.css';
import './styles/lab.css';
import './styles/result.css';
import { h, render } from 'preact';
import { App } from './app.tsx';
import { createStore } from './store.ts';

render(h(App, { store: createStore() }), document.querySelector('#labs')!);
