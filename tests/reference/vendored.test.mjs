// What is built into the exporter is what npm has under this version, to the byte.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packages, reference } from './places.mjs';

const redoc = path.join(packages, 'redoc');
const worker = readdirSync(path.join(redoc, 'bundles')).find((name) => name.endsWith('.worker.js.LICENSE.txt'));
const FILES = {
  'redoc.standalone.js': 'bundles/redoc.standalone.js',
  'redoc.standalone.js.LICENSE.txt': 'bundles/redoc.standalone.js.LICENSE.txt',
  'redoc.worker.js.LICENSE.txt': `bundles/${worker}`,
  'redoc.LICENSE.txt': 'LICENSE',
};

for (const [ours, theirs] of Object.entries(FILES)) {
  test(`${ours} is redoc's ${theirs.replace(worker, 'licence of the worker')}`, () => {
    const same = readFileSync(path.join(reference, ours)).equals(readFileSync(path.join(redoc, theirs)));
    assert.ok(same, `copy build/reference/node_modules/redoc/${theirs} to exporter/web/reference/${ours}`);
  });
}

test('nothing else of redoc is there', () => {
  const there = readdirSync(reference).filter((name) => name.startsWith('redoc')).sort();
  assert.deepEqual(there, Object.keys(FILES).sort());
});

test('the version that is locked is the one that is asked for', () => {
  const asked = JSON.parse(readFileSync(path.join(reference, 'package.json'))).devDependencies;
  const locked = JSON.parse(readFileSync(path.join(reference, 'package-lock.json')));
  for (const [name, version] of Object.entries(asked)) {
    assert.equal(locked.packages[`node_modules/${name}`].version, version);
  }
  assert.ok(!JSON.stringify(locked).includes('"resolved"'), 'the lock names a registry; see .npmrc');
});
