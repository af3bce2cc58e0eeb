// What the viewer reckons itself: variables in texts, queries of variables, places of panels.

import assert from 'node:assert/strict';
import test from 'node:test';
import { references } from './dashboard/templates.js';
import { parseVariableQuery } from './dashboard/variable-query.js';
import { interpolate } from './viewer/interpolation.js';
import { layout } from './viewer/layout.js';

const many = { multi: true, includeAll: true };
const variables = new Map(Object.entries({
  all: { model: { name: 'all', ...many, allValue: '.*' }, all: true, values: ['a', 'b'], text: 'All' },
  each: { model: { name: 'each', ...many }, all: true, values: ['a.b', 'c'], text: 'All' },
  some: { model: { name: 'some', ...many }, all: false, values: ['a.b', 'c&d'], text: 'a.b + c&d' },
  one: { model: { name: 'one' }, all: false, values: ['x"y\\z'], text: 'x"y\\z' },
}));

for (const [text, format, expected] of [
  ['cost{a=~"$all"}', 'query', 'cost{a=~".*"}'],
  ['cost{a=~"$each"}', 'query', 'cost{a=~"(a\\\\.b|c)"}'],
  ['cost{a=~"${some}"}', 'query', 'cost{a=~"(a\\\\.b|c&d)"}'],
  ['cost{a="[[one]]"}', 'query', 'cost{a="x\\"y\\\\z"}'],
  ['rate(cost[$__rate_interval])', 'query', 'rate(cost[60s])'],
  ['label_replace(a, "b", "$1", "c", "(.*)")', 'query', 'label_replace(a, "b", "$1", "c", "(.*)")'],
  ['$missing ${missing} ${some:strange}', 'query', '$missing ${missing} ${some:strange}'],
  ['Cost of $some, $all', 'text', 'Cost of a.b + c&d, All'],
  ['/d/x?${some:queryparam}&${all:queryparam}', 'text', '/d/x?var-some=a.b&var-some=c%26d&var-all=%24__all'],
  ['${some:csv} ${some:pipe} ${some:glob} ${some:json}', 'text', 'a.b,c&d a.b|c&d {a.b,c&d} ["a.b","c&d"]'],
  ['${some:percentencode} ${some:regex}', 'text', '%7Ba.b%2Cc%26d%7D (a\\.b|c&d)'],
]) {
  test(`${text} as ${format}`, () => {
    assert.equal(interpolate(text, variables, { format, builtIn: { __rate_interval: '60s' } }), expected);
  });
}

test('a link speaks of its row', () => {
  const frame = { fields: [{ name: 'pod', values: ['a', 'b c'] }] };
  const dataContext = { frame, field: frame.fields[0], rowIndex: 1 };
  assert.equal(interpolate('${__data.fields.pod:percentencode} ${__value.raw}', variables, { dataContext }), 'b%20c b c');
  assert.equal(interpolate('${__data.fields.node}', variables, { dataContext }), '${__data.fields.node}');
});

test('names of references', () => {
  assert.deepEqual(references('$a ${b:csv} [[c]] $1 ${2} $$ ${__data.fields.d}'), ['a', 'b', 'c', '__data.fields.d']);
});

for (const [query, expected] of [
  ['label_values(cluster)', { kind: 'label_values', label: 'cluster' }],
  ['label_values(cost{a="b, c"}, cluster)', { kind: 'label_values', expression: 'cost{a="b, c"}', label: 'cluster' }],
  [{ query: ' query_result(sum by (a) (b)) ', refId: 'V' }, { kind: 'query_result', expression: 'sum by (a) (b)' }],
  ['label_names()', { kind: 'label_names' }],
  ['label_value(cost, a)', undefined], ['label_values(cost, a', undefined], ['label_values()', undefined],
  ['cost', undefined], ['', undefined], [undefined, undefined], [{}, undefined],
]) {
  test(`a variable asks ${JSON.stringify(query)}`, () => assert.deepEqual(parseVariableQuery(query), expected));
}

const at = (id, x, y, w, h, more) => ({ id, type: 'stat', gridPos: { x, y, w, h }, ...more });
const places = (panels) => Object.fromEntries(layout(panels, 24 * 100 - 8).items.map(({ panel, place }) => [panel.id, place]));

test('a grid of 24 columns, 30 pixels a row and 8 between', () => {
  const placed = places([at(1, 0, 0, 12, 4), at(2, 12, 0, 12, 4), at(3, 0, 4, 24, 2)]);
  assert.deepEqual(placed[2], { left: 1200, top: 0, width: 1192, height: 144 });
  assert.deepEqual(placed[3], { left: 0, top: 152, width: 2392, height: 68 });
});

test('panels rise over gaps, not over others', () => {
  const placed = places([at(1, 0, 3, 12, 4), at(2, 12, 9, 12, 2), at(3, 0, 20, 24, 1)]);
  assert.deepEqual([placed[1].top, placed[2].top, placed[3].top], [0, 0, 4 * 38]);
});

test('a collapsed row opens, and what is below makes room', () => {
  const row = at(1, 0, 0, 24, 1, { type: 'row', collapsed: true, panels: [at(2, 0, 1, 24, 5)] });
  const placed = places([row, at(3, 0, 1, 24, 1, { type: 'row', panels: [] })]);
  assert.deepEqual([placed[2].top, placed[3].top], [38, 6 * 38]);
});
