// The check accepts a small good dashboard, and names each fault that is put into it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dashboardFaults } from './check/faults.mjs';
import { Shapes } from './check/shapes.mjs';

const SOURCE = { type: 'prometheus', uid: '${datasource}' };
const shapes = new Shapes();

function target(expr, more = {}) {
  return { refId: 'A', datasource: SOURCE, expr, editorMode: 'code', ...more };
}

function panel(id, type, title, more) {
  return { id, type, title, datasource: SOURCE, gridPos: { x: 0, y: id * 8, w: 12, h: 8 }, ...more };
}

/** Each kind of panel once, in the order of their ids; every feature that a fault below spoils. */
function good() {
  return {
    uid: 'costs', title: 'Costs', schemaVersion: 39, tags: ['cost'], timezone: 'utc', refresh: '5m',
    time: { from: 'now-2d', to: 'now' },
    templating: { list: [
      { type: 'datasource', name: 'datasource', query: 'prometheus', current: {} },
      { type: 'query', name: 'cluster', datasource: SOURCE, refresh: 2, sort: 1, multi: true, includeAll: true,
        allValue: '.*', current: { text: ['All'], value: ['$__all'] },
        query: { query: 'label_values(cost{zone="a"}, cluster)', refId: 'V' } },
      { type: 'query', name: 'lines', query: 'query_result(topk(3, sum by (a) (cost)))' },
    ] },
    annotations: { list: [
      { name: 'gaps', datasource: SOURCE, enable: true, iconColor: 'red', expr: 'up == 0', titleFormat: 'gap' },
    ] },
    links: [{ type: 'dashboards', title: 'More', tags: ['cost'], asDropdown: true, includeVars: true, keepTime: true,
      targetBlank: false, icon: 'external link', tooltip: '', url: '' }],
    panels: [
      panel(1, 'row', 'All', { collapsed: false, panels: [], gridPos: { x: 0, y: 0, w: 24, h: 1 } }),
      panel(2, 'timeseries', 'Rate of $cluster', {
        targets: [
          target('sum by (namespace) (rate(cost{cluster=~"$cluster"}[$__rate_interval] offset ${window}))'),
          target('max_over_time(cost[$__range:$__interval]) / $__range_s', { refId: 'B', legendFormat: '{{pod}}' }),
        ],
        fieldConfig: {
          defaults: { unit: 'currencyUSD', color: { mode: 'palette-classic' },
            custom: { drawStyle: 'line', lineWidth: 1, fillOpacity: 20, stacking: { mode: 'normal', group: 'A' } } },
          overrides: [{ matcher: { id: 'byRegexp', options: '/idle/' },
            properties: [{ id: 'custom.lineWidth', value: 2 }, { id: 'unit', value: 'currency:€' },
              { id: 'color', value: { mode: 'fixed', fixedColor: 'semi-dark-blue' } }] }],
        },
        options: { legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: ['mean'] },
          tooltip: { mode: 'multi', sort: 'desc' } },
      }),
      panel(3, 'stat', 'Now', {
        targets: [target('sum(cost)', { instant: true })],
        fieldConfig: { overrides: [], defaults: { unit: 'percentunit', decimals: 1, noValue: 'none',
          thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, { color: '#f00', value: 1 }] },
          mappings: [{ type: 'value', options: { 0: { text: 'down', color: 'red' } } },
            { type: 'special', options: { match: 'null', result: { text: 'none' } } }] } },
        options: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value',
          graphMode: 'area', textMode: 'auto', orientation: 'auto', justifyMode: 'auto' },
      }),
      panel(4, 'table', 'Who', {
        targets: [target('sum by (pod) (cost)', { instant: true, range: false, format: 'table' })],
        transformations: [
          { id: 'merge', options: {} },
          { id: 'organize', options: { excludeByName: { Time: true }, indexByName: {}, renameByName: {} } },
          { id: 'renameByRegex', options: { regex: 'Value #(.*)', renamePattern: '$1' } },
          { id: 'sortBy', options: { sort: [{ field: 'Value', desc: true }] } },
        ],
        fieldConfig: { defaults: { custom: { align: 'auto', cellOptions: { type: 'auto' } } },
          overrides: [{ matcher: { id: 'byName', options: 'Value' },
            properties: [{ id: 'custom.width', value: 120 }, { id: 'custom.cellOptions',
              value: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' } },
            { id: 'links', value: [{ title: 'pod', url: '/d/pod?${cluster:queryparam}&${__url_time_range}' }] }] }] },
        options: { showHeader: true, cellHeight: 'sm', sortBy: [{ displayName: 'Value', desc: true }] },
      }),
      panel(5, 'bargauge', 'Most', {
        targets: [target('topk(10, cost)', { instant: true })],
        fieldConfig: { defaults: { unit: 'suffix: pods' }, overrides: [] },
        options: { displayMode: 'basic', orientation: 'horizontal', valueMode: 'text',
          reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } },
      }),
      panel(6, 'text', 'Read', { options: { mode: 'markdown', content: 'costs' } }),
    ],
  };
}
const declareWindow = (board) => board.templating.list.push(
  { type: 'custom', name: 'window', query: '1h,1d', current: { text: '1h', value: '1h' } });

function faultsOf(change) {
  const board = good();
  declareWindow(board);
  change(board);
  return dashboardFaults(board, shapes);
}

const byId = (board, id) => board.panels.find((each) => each.id === id);
const field = (id, change) => (board) => change(byId(board, id).fieldConfig.defaults);
const override = (id, property, value) => (board) => {
  byId(board, id).fieldConfig.overrides[0].properties = [{ id: property, value }];
};
const query = (expr) => (board) => { byId(board, 3).targets[0].expr = expr; };
const options = (id, change) => (board) => change(byId(board, id).options);

// What is spoilt, what must be said, and which panel is to blame.
const FAULTS = [
  ['a misspelt key of the dashboard', (b) => { b.refesh = '5m'; }, /no "refesh"/],
  ['a dashboard without a title', (b) => { delete b.title; }, /no "title"/],
  ['a text for a number', (b) => { b.schemaVersion = '39'; }, /schemaVersion must be number/],
  ['an unknown type of panel', (b) => { byId(b, 6).type = 'markdown'; }, /unknown type: "markdown"/, 6],
  ['a misspelt key of a panel', (b) => { byId(b, 3).gridpos = {}; }, /no "gridpos"/, 3],
  ['a panel without a place', (b) => { delete byId(b, 3).gridPos; }, /no "gridPos"/, 3],
  ['a panel beyond the grid', (b) => { byId(b, 3).gridPos.x = 13; }, /leaves the grid/, 3],
  ['a panel over another', (b) => { byId(b, 3).gridPos.y = 17; }, /lies over panel 2|lies over panel 3/],
  ['an id that is taken', (b) => { byId(b, 6).id = 5; }, /id of another panel/, 5],
  ['a row with options', (b) => { b.panels[0].options = {}; }, /no "options"/, 1],
  ['a fault within a collapsed row', (b) => {
    b.panels[0].panels = [panel(9, 'stat', 'Folded', { targets: [target('sum(')] })];
  }, /no PromQL/, 9],
  ['an unknown unit', field(2, (d) => { d.unit = 'dollars'; }), /"dollars" is no unit/, 2],
  ['a custom unit without a text', field(2, (d) => { d.unit = 'suffix:'; }), /"suffix:" is no unit/, 2],
  ['an unknown unit of an override', override(2, 'unit', 'precent'), /"precent" is no unit/, 2],
  ['an unknown colour', field(3, (d) => { d.thresholds.steps[0].color = 'grean'; }), /"grean" is no colour/, 3],
  ['an unknown way to colour', field(2, (d) => { d.color.mode = 'palette'; }), /color\/mode must be one of/, 2],
  ['thresholds of no mode', field(3, (d) => { d.thresholds.mode = 'abs'; }), /thresholds\/mode must be one of/, 3],
  ['decimals in quotes', field(3, (d) => { d.decimals = '1'; }), /decimals must be number/, 3],
  ['a mapping of no type', field(3, (d) => { d.mappings[0].type = 'text'; }), /unknown "type": "text"/, 3],
  ['a mapping of another form', field(3, (d) => { d.mappings[1].options.match = 'nothing'; }), /match must be one/, 3],
  ['a style that is none', field(2, (d) => { d.custom.drawStyle = 'lines'; }), /drawStyle must be one of/, 2],
  ['a width in quotes', field(2, (d) => { d.custom.lineWidth = '1'; }), /lineWidth must be number/, 2],
  ['a misspelt field option', field(2, (d) => { d.custom.fillOpactiy = 1; }), /no "fillOpactiy"/, 2],
  ['an option of lines in a table', field(4, (d) => { d.custom.lineWidth = 1; }), /no "lineWidth"/, 4],
  ['an unknown kind of cell', field(4, (d) => { d.custom.cellOptions.type = 'bar'; }), /unknown "type": "bar"/, 4],
  ['a cell of the wrong mode', override(4, 'custom.cellOptions', { type: 'gauge', mode: 'flat' }),
    /cellOptions\/mode must be one of/, 4],
  ['a bar beside other numbers', (b) => {
    byId(b, 4).targets.push(target('sum by (pod) (other)', { refId: 'B', format: 'table' }));
  }, /bars of the column "Value" against all columns/, 4],
  ['a colour that goes by the column', (b) => {
    byId(b, 4).fieldConfig.defaults.color = { mode: 'palette-classic' };
    byId(b, 4).fieldConfig.overrides[0].properties[1].value = { type: 'color-text' };
  }, /colours the column "Value" by its place/, 4],
  ['an override of nothing', override(4, 'custom.cellOption', {}), /no "cellOption"/, 4],
  ['an override of the wrong type', override(4, 'custom.width', '120'), /width must be number/, 4],
  ['an unknown matcher', (b) => { byId(b, 4).fieldConfig.overrides[0].matcher.id = 'byname'; }, /no "byname"/, 4],
  ['a link without a proper key', override(4, 'links', [{ title: 'x', href: '/' }]), /no "href"/, 4],
  ['a misspelt option', options(3, (o) => { o.reduceOpts = {}; }), /no "reduceOpts"/, 3],
  ['an option of another panel', options(5, (o) => { o.graphMode = 'area'; }), /no "graphMode"/, 5],
  ['a mode that is none', options(3, (o) => { o.colorMode = 'text'; }), /colorMode must be one of/, 3],
  ['an unknown calculation', options(3, (o) => { o.reduceOptions.calcs = ['latest']; }), /"latest" is no calc/, 3],
  ['an unknown calculation of a legend', options(2, (o) => { o.legend.calcs = ['average']; }), /"average" is no calc/, 2],
  ['a text of no mode', options(6, (o) => { o.mode = 'md'; }), /mode must be one of/, 6],
  ['an unknown transformation', (b) => { byId(b, 4).transformations[0].id = 'mrege'; }, /no "mrege"/, 4],
  ['a misspelt option of one', (b) => { byId(b, 4).transformations[1].options.renameByname = {}; },
    /transformations\/1\/options has no "renameByname"/, 4],
  ['an order of the wrong type', (b) => { byId(b, 4).transformations[3].options.sort[0].desc = 'yes'; },
    /desc must be boolean/, 4],
  ['a query without an end', query('sum(cost'), /no PromQL/, 3],
  ['a query with a stray brace', query('cost{a="b"}}'), /no PromQL/, 3],
  ['a matcher without quotes', query('cost{a=b}'), /no PromQL/, 3],
  ['a range without a duration', query('rate(cost[])'), /no PromQL/, 3],
  ['an empty query', query(' '), /is empty/, 3],
  ['a query that is missing', query(undefined), /no "expr"/, 3],
  ['a format that is none', (b) => { byId(b, 4).targets[0].format = 'tabel'; }, /format must be one of/, 4],
  ['a misspelt key of a query', (b) => { byId(b, 3).targets[0].legend = 'x'; }, /no "legend"/, 3],
  ['two queries of one name', (b) => { byId(b, 2).targets[1].refId = 'A'; }, /refId of another/, 2],
  ['a variable that is not declared', query('cost{cluster="$clutser"}'), /not declared: \$clutser/, 3],
  ['one in a title', (b) => { byId(b, 2).title = '${custer:text}'; }, /not declared: \$custer/, 2],
  ['one in a link', override(4, 'links', [{ title: 'x', url: '/?var-a=${nod}' }]), /not declared: \$nod/, 4],
  ['one in a variable', (b) => { b.templating.list[1].query.query = 'label_values(cost{a="$zone"}, a)'; },
    /not declared: \$zone/],
  ['a variable of no type', (b) => { b.templating.list[1].type = 'label'; }, /type must be one of/],
  ['a variable that refreshes oddly', (b) => { b.templating.list[1].refresh = 3; }, /refresh must be one of/],
  ['a variable that asks for nothing known', (b) => { b.templating.list[1].query = 'labels(cost)'; }, /"cluster" asks/],
  ['a variable with a broken query', (b) => { b.templating.list[2].query = 'query_result(topk(3, cost)'; },
    /"lines" is no PromQL/],
  ['an annotation with a broken query', (b) => { b.annotations.list[0].expr = 'up = 0'; }, /"gaps" is no PromQL/],
  ['an annotation without a colour', (b) => { b.annotations.list[0].iconColor = 'rot'; }, /"rot" is no colour/],
  ['a misspelt key of an annotation', (b) => { b.annotations.list[0].titelFormat = 'x'; }, /no "titelFormat"/],
];

test('a good dashboard has no fault', () => {
  assert.deepEqual(faultsOf(() => {}), []);
});

for (const [name, change, said, id] of FAULTS) {
  test(name, () => {
    const faults = faultsOf(change);
    const found = faults.find(({ what }) => said.test(what));
    assert.ok(found, `nothing like ${said} in ${JSON.stringify(faults.map(({ what }) => what))}`);
    if (id) assert.equal(found.panel?.id, id);
    assert.ok(faults.length <= 2, `one mistake, many faults: ${JSON.stringify(faults.map(({ what }) => what))}`);
  });
}

test('the program names file, panel and fault, and fails', (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'schema-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const board = good();
  declareWindow(board);
  const run = (content) => {
    const file = path.join(folder, 'costs.json');
    writeFileSync(file, content);
    return spawnSync(process.execPath, [path.join(import.meta.dirname, 'schema.mjs'), file], { encoding: 'utf8' });
  };
  assert.equal(run(JSON.stringify(board)).status, 0);
  byId(board, 3).fieldConfig.defaults.unit = 'dollars';
  const refused = run(JSON.stringify(board));
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /costs\.json: panel 3 "Now": .*"dollars"/);
  assert.equal(run('{"title": ').status, 1);
  assert.equal(spawnSync(process.execPath, [path.join(import.meta.dirname, 'schema.mjs')]).status, 2);
});
