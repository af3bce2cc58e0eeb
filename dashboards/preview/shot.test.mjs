// Pictures of good and bad dashboards, with a made-up Prometheus. Needs Debian's chromium.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

const NOW = 1_700_000_000;
const folder = mkdtempSync(path.join(tmpdir(), 'shot-'));
const asked = [];
let prometheus;
let base;

const success = (data) => [200, { status: 'success', data }];
const vector = (...result) => success({ resultType: 'vector', result });
const cost = (pod, value) => ({ metric: { __name__: 'cost', pod }, value: [NOW, value] });

function answer(url) {
  const query = url.searchParams.get('query');
  asked.push(query ?? `${url.pathname} ${url.searchParams.get('match[]')}`);
  if (url.pathname.startsWith('/api/v1/label/')) return success(['b.c', 'a']);
  if (query.includes('broken')) return [400, { status: 'error', errorType: 'bad_data', error: 'parse error: not like this' }];
  if (query.includes('nothing')) return vector();
  if (url.pathname.endsWith('query_range')) {
    const step = Number(url.searchParams.get('step'));
    const start = Number(url.searchParams.get('start'));
    const values = [...Array(20).keys()].map((index) => [start + index * step, String(index)]);
    return success({ resultType: 'matrix', result: [{ metric: { pod: 'x' }, values }, { metric: { pod: 'y' }, values }] });
  }
  return vector(cost('x', '12.5'), cost('y', 'NaN'));
}

before(async () => {
  prometheus = createServer((request, response) => {
    const [status, body] = answer(new URL(request.url, 'http://localhost'));
    response.writeHead(status, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
    response.end(JSON.stringify(body));
  });
  await new Promise((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${prometheus.address().port}`;
});

after(() => {
  prometheus.closeAllConnections();
  prometheus.close();
  rmSync(folder, { recursive: true });
});

function panel(id, type, expr, more = {}) {
  return { id, type, title: `P${id}`, gridPos: { x: 0, y: id * 4, w: 12, h: 4 },
    targets: expr === undefined ? [] : [{ refId: 'A', expr, instant: type !== 'timeseries', ...more.target }], ...more };
}

const table = (id, expr) => panel(id, 'table', expr, { target: { format: 'table' },
  transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }],
  fieldConfig: { defaults: {}, overrides: [{ matcher: { id: 'byName', options: 'Value' },
    properties: [{ id: 'displayName', value: 'Cost of it' }, { id: 'unit', value: 'currencyUSD' }] }] } });

function board(...panels) {
  return { uid: 'test', title: 'Test', schemaVersion: 39, time: { from: 'now-2h', to: 'now' }, panels,
    templating: { list: [{ type: 'query', name: 'cluster', query: 'label_values(cost{z="1"}, cluster)', sort: 1,
      multi: true, includeAll: true, current: { value: ['$__all'] } }] } };
}

async function shot(dashboard, ...options) {
  const file = path.join(folder, 'test.json');
  writeFileSync(file, typeof dashboard === 'string' ? dashboard : JSON.stringify(dashboard));
  return run('--prometheus', base, '--output', folder, '--time', String(NOW), ...options, file);
}

async function run(...argumentsGiven) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'shot.mjs'), ...argumentsGiven]);
  let output = '';
  child.stdout.on('data', (text) => { output += text; });
  child.stderr.on('data', (text) => { output += text; });
  const status = await new Promise((resolve) => { child.on('close', resolve); });
  return { status, output };
}

test('every kind of panel is drawn, with its variables and its time', async () => {
  asked.length = 0;
  const { status, output } = await shot(board(
    panel(1, 'timeseries', 'rate(cost{cluster=~"$cluster"}[$__rate_interval])'), panel(2, 'stat', 'cost'),
    panel(3, 'bargauge', 'cost'), table(4, 'cost'), panel(5, 'text', undefined, { options: { content: '*text*' } })));
  assert.match(output, /test\.json: 5 panels, 5 with data, 0 without, 0 with error/);
  assert.equal(status, 0, output);
  assert.deepEqual(asked.slice(0, 1), ['/api/v1/label/cluster/values cost{z="1"}']);
  assert.ok(asked.includes('rate(cost{cluster=~"(a|b\\\\.c)"}[60s])'), JSON.stringify(asked));
  const picture = readFileSync(path.join(folder, 'test.png'));
  assert.deepEqual([picture.readUInt32BE(16), picture.length > 5000], [1600, true]);
});

test('a chosen value, a width and a theme', async () => {
  asked.length = 0;
  const { status } = await shot(board(panel(1, 'stat', 'cost{cluster=~"$cluster"}')), '--var', 'cluster=a',
    '--width', '800', '--theme', 'light');
  assert.equal(status, 0);
  assert.ok(asked.includes('cost{cluster=~"a"}'));
  assert.equal(readFileSync(path.join(folder, 'test.png')).readUInt32BE(16), 800);
});

// Together in one dashboard, because a browser takes its time to start; each has a title of its own.
const REFUSED = [
  ['an error of Prometheus', panel(1, 'stat', 'broken'), /error in "P1": parse error: not like this/],
  ['no data', panel(2, 'stat', 'nothing'), /no data in "P2"/],
  ['a table without data', table(3, 'nothing'), /no data in "P3"/],
  ['a graph without data', panel(4, 'timeseries', 'nothing'), /no data in "P4"/],
  ['a panel that asks nothing', panel(5, 'stat'), /no data in "P5"/],
  ['an unresolved variable', panel(6, 'stat', 'cost{a="$unknown"}'), /error in "P6": unresolved variable \$unknown/],
  ['one in a title', panel(7, 'stat', 'cost', { title: 'of $absent' }), /unresolved variable: \$absent/],
  ['an unknown kind of panel', panel(8, 'piechart', 'cost'), /error in "P8": .* of type piechart/],
  ['a repeated panel', panel(9, 'stat', 'cost', { repeat: 'cluster' }), /error in "P9": .* repeated/],
];
test('each bad panel is named', async (context) => {
  const { status, output } = await shot(board(...REFUSED.map(([, one]) => one), panel(10, 'stat', 'cost')));
  assert.equal(status, 1);
  assert.match(output, /10 panels, 2 with data, 4 without, 4 with error/);
  for (const [name, , said] of REFUSED) await context.test(name, () => assert.match(output, said));
});

test('what may be empty is no fault', async () => {
  assert.equal((await shot(board(panel(1, 'stat', 'nothing')), '--allow-empty')).status, 0);
  assert.equal((await shot(board(panel(1, 'stat', 'nothing')), '--may-be-empty', 'P1')).status, 0);
  assert.equal((await shot(board(panel(1, 'stat', 'nothing')), '--may-be-empty', 'P2')).status, 1);
});

test('what is no dashboard', async () => {
  const { status, output } = await shot('{"title": ');
  assert.match(output, /not drawn: /);
  assert.equal(status, 1);
});

test('a variable that cannot be asked for', async () => {
  const bad = board(panel(1, 'stat', 'cost'));
  bad.templating.list[0].query = 'labels(cost)';
  const { status, output } = await shot(bad);
  assert.match(output, /variable \$cluster: /);
  assert.equal(status, 1);
});

test('a Prometheus that is not there', async () => {
  const { status, output } = await shot(board(panel(1, 'stat', 'cost')), '--prometheus', 'http://127.0.0.1:9');
  assert.match(output, /error in "P1"/);
  assert.equal(status, 1);
});

for (const wrong of [[], ['--output', 'x', 'y.json'], ['--theme', 'blue'], ['--width', 'wide'], ['--time', 'now'],
  ['--var', 'cluster'], ['--unknown']]) {
  test(`options ${JSON.stringify(wrong)}`, async () => {
    const rest = wrong.length && wrong[0] !== '--output' ? ['--prometheus', base, '--output', folder, 'y.json'] : [];
    const { status, output } = await run(...wrong, ...rest);
    assert.match(output, /usage: /);
    assert.equal(status, 2);
  });
}
