// Where things lie, and the packages of build/reference.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const reference = path.join(root, 'exporter/web/reference');
export const packages = path.join(root, 'build/reference/node_modules');
export const document = path.join(root, 'docs/openapi.json');
export const require = createRequire(path.join(packages, 'x'));
