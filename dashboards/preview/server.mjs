// Serves the viewer, its icons and fonts, and the dashboards to a browser on this machine.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

const PACKAGES = path.join(import.meta.dirname, 'node_modules');
// Where Grafana's components look for files that Grafana's server has.
const FOLDERS = {
  '/img/icons/': path.join(PACKAGES, '@grafana', 'ui', 'dist', 'public', 'img', 'icons'),
  '/fonts/inter/': path.join(PACKAGES, 'inter-ui', 'web'),
};
const TYPES = {
  '.css': 'text/css', '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json',
  '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
};

/** {address, close}; dashboard number N of `files` is at /dashboards/N.json. */
export async function serve(viewer, files) {
  const server = createServer(async (request, response) => {
    const file = located(new URL(request.url, 'http://localhost').pathname, viewer, files);
    try {
      const content = await readFile(file);
      response.writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

function located(address, viewer, files) {
  const dashboard = /^\/dashboards\/(\d+)\.json$/.exec(address);
  if (dashboard) return files[Number(dashboard[1])] ?? '';
  for (const [part, folder] of Object.entries(FOLDERS)) {
    const [, name] = address.split(part);
    if (name) return path.join(folder, path.normalize(`/${name}`));
  }
  return path.join(viewer, address === '/' ? 'index.html' : path.normalize(address));
}
