// Compiles every workspace's src/ to dist/ with swc, and the dashboard with Vite; what did not change is left alone.
// `npm run build` sets up what is missing first.
// Types are not checked here: `npm run check` does that.

import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} folder @returns {Promise<string[]>} paths relative to the folder; none if it is missing */
async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** @param {string} file @returns {Promise<number>} modification time in ms, 0 if the file is missing */
async function modifiedAt(file) {
  return (await stat(file).catch(() => null))?.mtimeMs ?? 0;
}

/** Compiles one workspace and removes outputs whose source is gone; returns the number of files written. */
async function buildWorkspace(/** @type {string} */ folder, /** @type {import('@swc/core')} */ swc) {
  const [source, target] = [path.join(folder, 'src'), path.join(folder, 'dist')];
  const names = (await filesUnder(source)).filter(
    (name) => !name.endsWith('.d.ts') && !name.includes('.test.'),
  );
  const outputs = new Set();
  let written = 0;
  for (const name of names) {
    const isSource = name.endsWith('.ts');
    const outName = isSource ? name.replace(/\.ts$/, '.js') : name;
    const [from, to] = [path.join(source, name), path.join(target, outName)];
    outputs.add(outName).add(`${outName}.map`);
    if ((await modifiedAt(to)) > (await modifiedAt(from))) continue;
    await mkdir(path.dirname(to), { recursive: true });
    if (isSource) {
      const { code, map } = await swc.transformFile(from, {
        cwd: root,
        configFile: path.join(root, '.swcrc'),
      });
      await writeFile(`${to}.map`, map ?? '');
      await writeFile(to, `${code}\n//# sourceMappingURL=${path.basename(to)}.map\n`);
    } else {
      await writeFile(to, await readFile(from)); // Such as GraphQL schema files.
    }
    written++;
  }
  const stale = (await filesUnder(target)).filter((name) => !outputs.has(name));
  await Promise.all(stale.map((name) => rm(path.join(target, name))));
  return written;
}

const DASHBOARD = 'apps/dashboard';
/** Where the dashboard's code and that of what it bundles lie. */
const DASHBOARD_SOURCES = [DASHBOARD, 'libs/sdk', 'libs/contracts'].map((folder) => path.join(root, folder));

/** Bundles the dashboard when anything that goes into it is newer than the last bundle; returns the number of files written. */
async function buildDashboard() {
  const folder = path.join(root, DASHBOARD);
  const names = await Promise.all(
    DASHBOARD_SOURCES.map(async (source) => {
      const files = [...(await filesUnder(path.join(source, 'src'))).map((name) => path.join('src', name))];
      return ['package.json', ...files].map((name) => path.join(source, name));
    }),
  );
  const own = ['index.html', 'vite.config.ts', 'public/favicon.svg'].map((name) => path.join(folder, name));
  const sources = [...names.flat(), ...own, path.join(root, 'package-lock.json')];
  const newest = Math.max(...(await Promise.all(sources.map(modifiedAt))));
  if ((await modifiedAt(path.join(folder, 'dist', 'index.html'))) > newest) return 0;
  const { build: bundle } = await import('vite');
  await bundle({ root: folder, configFile: path.join(folder, 'vite.config.ts'), logLevel: 'warn' });
  return (await filesUnder(path.join(folder, 'dist'))).length;
}

/** Builds all workspaces. @returns {Promise<number>} files written */
export async function build() {
  const { default: swc } = await import('@swc/core');
  let written = 0;
  for (const group of ['libs', 'apps']) {
    for (const name of await readdir(path.join(root, group))) {
      if (`${group}/${name}` === DASHBOARD) continue;
      written += await buildWorkspace(path.join(root, group, name), swc);
    }
  }
  return written + (await buildDashboard());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { main, secondsSince } = await import('./lib/console.mjs');
  await main(async () => {
    const { setup } = await import('./setup/index.mjs');
    await setup(); // On a fresh clone there is no compiler yet.
    const started = performance.now();
    const written = await build();
    console.log(`built ${written} files in ${secondsSince(started)}`);
  });
}
