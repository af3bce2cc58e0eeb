// Bundles the viewer into build/viewer. Grafana's packages are taken as CommonJS: their ES modules import
// CommonJS ones in a way that bundlers read otherwise than Node, and two copies of one package would not share
// the theme.

import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const HERE = import.meta.dirname;
const OUTPUT = path.join(HERE, 'build', 'viewer');
const SOURCES = ['build.mjs', 'dashboard', 'package-lock.json', 'viewer'];

const grafanaAsCommonJs = {
  name: 'grafana-as-commonjs',
  setup(bundle) {
    bundle.onResolve({ filter: /^@grafana\/(ui|data|i18n|e2e-selectors|schema)(\/unstable)?$/ }, ({ path: wanted }) => {
      const [, name, entry = 'index'] = wanted.split('/');
      return { path: path.join(HERE, 'node_modules', '@grafana', name, 'dist', 'cjs', `${entry}.cjs`) };
    });
  },
};

/** The folder with the viewer, made anew if a source is younger. */
export async function builtViewer() {
  const built = statSync(path.join(OUTPUT, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (SOURCES.some((source) => newest(path.join(HERE, source)) > built)) await buildViewer();
  return OUTPUT;
}

async function buildViewer() {
  rmSync(OUTPUT, { recursive: true, force: true });
  await build({
    entryPoints: { main: path.join(HERE, 'viewer', 'main.jsx') },
    outdir: OUTPUT, bundle: true, format: 'esm', splitting: true, minify: true, jsx: 'automatic',
    loader: { '.ttf': 'empty', '.svg': 'dataurl', '.woff2': 'dataurl', '.png': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [grafanaAsCommonJs], logLevel: 'error',
  });
  // Last, because its time is the time of the build. A copy would keep the time of the source.
  cpSync(path.join(HERE, 'viewer', 'index.html'), path.join(OUTPUT, 'index.html'), { preserveTimestamps: false });
}

function newest(file) {
  const { mtimeMs } = statSync(file);
  if (!statSync(file).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(file).map((name) => newest(path.join(file, name))));
}
