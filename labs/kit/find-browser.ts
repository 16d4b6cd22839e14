import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** Where Chromium, Chrome and Edge are put by their installers. `TIERLAB_BROWSER` names another. */
const places: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'microsoft-edge',
    'microsoft-edge-stable',
  ].flatMap((name) => [`/usr/bin/${name}`, `/usr/local/bin/${name}`, `/snap/bin/${name}`]),
  darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
    (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
  ),
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) => {
    const folder = process.env[variable];
    if (folder === undefined) return [];
    return [
      'Google/Chrome/Application/chrome.exe',
      'Microsoft/Edge/Application/msedge.exe',
      'Chromium/Application/chrome.exe',
    ].map((file) => path.join(folder, file));
  }),
};

/** The first browser that is installed, or undefined. */
export function findBrowser(): string | undefined {
  const named = process.env.TIERLAB_BROWSER;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  return (places[process.platform] ?? []).find((file) => existsSync(file));
}

/** Only the tests of pages and lab 04 need a browser. */
export const noBrowser = {
  why: 'no Chromium, Chrome or Edge is installed',
  next:
    process.platform === 'linux'
      ? 'sudo apt-get install --yes chromium, or name another browser in TIERLAB_BROWSER'
      : 'install one, or name it in TIERLAB_BROWSER',
} as const;
