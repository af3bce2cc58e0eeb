// docs/openapi.json has nothing against it by the rules `recommended` of Redocly, warnings included.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { document, packages } from './places.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'openapi-'));
after(() => rmSync(folder, { recursive: true }));

/** What the linter has against a document, a line each. */
function problems(file) {
  const command = path.join(packages, '@redocly/cli/bin/cli.js');
  const done = spawnSync('node', [command, 'lint', '--extends=recommended', '--format=json', file],
    { cwd: folder, encoding: 'utf8' });
  assert.match(done.stdout, /"totals"/, done.stderr);
  const said = JSON.parse(done.stdout.slice(done.stdout.indexOf('{')));
  assert.equal(said.totals.ignored, 0);
  return said.problems.map((problem) => `${problem.severity} ${problem.ruleId} ${problem.location[0]?.pointer}: ${problem.message}`);
}

test('the document has no problem', () => {
  assert.deepEqual(problems(document), []);
});

/** The document with a change, and what is then said. */
function changed(change) {
  const copy = JSON.parse(readFileSync(document));
  const operation = copy.paths['/api/v1/cost/namespaces'].get;
  change(copy, operation);
  const file = path.join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(copy));
  return problems(file).join('\n');
}

const SEEDS = {
  'operation-summary': (copy, operation) => { delete operation.summary; },
  'operation-4xx-response': (copy, operation) => {
    for (const status of Object.keys(operation.responses)) if (status.startsWith('4')) delete operation.responses[status];
  },
  'operation-operationId-unique': (copy, operation) => { copy.paths['/api/v1/cost/pods'].get.operationId = operation.operationId; },
  'no-unresolved-refs': (copy, operation) => { operation.responses['200'] = { $ref: '#/components/responses/Nothing' }; },
  struct: (copy, operation) => { operation.parameter = []; },
  'info-license': (copy) => { delete copy.info.license; },
};
for (const [rule, change] of Object.entries(SEEDS)) {
  test(`a fault against ${rule} is found`, () => {
    assert.match(changed(change), new RegExp(` ${rule} `));
  });
}
