import '../../../services/console/page/styles/theme.css';
import '../../../services/console/page/styles/frame.css';
import '../../../services/console/page/styles/picture.css';
import '../../../services/console/page/styles/tables.css';
import '../../../services/console/page/styles/faults.css';
import './styles/list.css';
import './styles/lab.css';
import './styles/result.css';
import { h, render } from 'preact';
import { LabsApp } from './app.tsx';
import { createLabsStore } from './store.ts';

render(h(LabsApp, { store: createLabsStore() }), document.querySelector('#labs')!);
