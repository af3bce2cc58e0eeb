// node schema.mjs FILES…: every fault of these dashboards, one a line; exit code 1 if there is any.

import { readFileSync } from 'node:fs';
import { dashboardFaults } from './check/faults.mjs';
import { Shapes } from './check/shapes.mjs';

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node schema.mjs FILES…');
  process.exit(2);
}

const shapes = new Shapes();
let count = 0;
for (const file of files) {
  let faults;
  try {
    faults = dashboardFaults(JSON.parse(readFileSync(file, 'utf8')), shapes);
  } catch (error) {
    faults = [{ what: error.message }];
  }
  for (const { panel, what } of faults) {
    console.log(panel ? `${file}: panel ${panel.id} "${panel.title}": ${what}` : `${file}: ${what}`);
  }
  count += faults.length;
}
console.log(`${files.length} dashboards, ${count} faults`);
process.exit(count ? 1 : 0);
