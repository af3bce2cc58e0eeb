// All that is wrong with a dashboard, as {panel, what}; the panel is undefined where none is to blame.

import { allPanels } from '../dashboard/panels.js';
import { cellFaults } from './cells.mjs';
import { nameFaults } from './names.mjs';
import { annotationFaults, targetFaults, undeclared, variableFaults } from './queries.mjs';
import { Shapes } from './shapes.mjs';

const COLUMNS = 24;

export function dashboardFaults(dashboard, shapes = new Shapes()) {
  const { panels, ...rest } = dashboard;
  const variables = dashboard.templating?.list ?? [];
  const declared = new Set(variables.map((variable) => variable.name));
  const faults = [
    ...shapes.dashboard(dashboard), ...nameFaults(rest), ...undeclaredFaults(rest, declared),
    ...variables.flatMap(variableFaults), ...(dashboard.annotations?.list ?? []).flatMap(annotationFaults),
  ].map((what) => ({ what }));
  for (const panel of allPanels(dashboard)) {
    faults.push(...panelFaults(panel, shapes, declared).map((what) => ({ panel, what })));
  }
  return [...faults, ...layoutFaults(dashboard)];
}

function panelFaults(panel, shapes, declared) {
  const { panels, ...own } = panel;
  if (panel.type === 'row') return [...shapes.row(panel), ...undeclaredFaults(own, declared)];
  if (!shapes.panelTypes().includes(panel.type)) return [`has an unknown type: ${JSON.stringify(panel.type)}`];
  return [
    ...shapes.panel(panel), ...nameFaults(own), ...cellFaults(panel), ...targetFaults(panel),
    ...undeclaredFaults(own, declared),
  ];
}

function undeclaredFaults(value, declared) {
  return undeclared(value, declared).map((name) => `uses a variable that is not declared: $${name}`);
}

/** Ids once only; panels within the grid, and none over another. */
function layoutFaults(dashboard) {
  const faults = [];
  const ids = new Set();
  for (const panel of allPanels(dashboard)) {
    if (ids.has(panel.id)) faults.push({ panel, what: `has the id of another panel: ${panel.id}` });
    ids.add(panel.id);
    const { x, w } = panel.gridPos ?? {};
    if (x < 0 || w < 1 || x + w > COLUMNS) faults.push({ panel, what: `leaves the grid: x ${x}, w ${w}` });
  }
  const groups = [dashboard.panels ?? [], ...(dashboard.panels ?? []).map((panel) => panel.panels ?? [])];
  for (const group of groups) {
    group.forEach((panel, index) => {
      const over = group.slice(0, index).find((other) => overlap(panel.gridPos, other.gridPos));
      if (over) faults.push({ panel, what: `lies over panel ${over.id} "${over.title}"` });
    });
  }
  return faults;
}

function overlap(one, other) {
  return one && other && one.x < other.x + other.w && other.x < one.x + one.w &&
    one.y < other.y + other.h && other.y < one.y + one.h;
}
