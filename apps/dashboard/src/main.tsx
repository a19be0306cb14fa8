// The dashboard's start.

import { createRoot } from 'react-dom/client';
import { App } from './app/App.js';
import { applyTheme, loadTheme } from './theme/theme.js';
import './ui/base.css';
import './ui/table.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
applyTheme(loadTheme(window.localStorage)); // Before anything is drawn: no flash of the other one.
createRoot(root).render(<App />);
