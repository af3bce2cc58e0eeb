// Where everything stands: 24 columns, rows of 30 pixels with 8 between, and nothing over a gap.

const COLUMNS = 24;
const ROW = 30;
const GAP = 8;

/** [{panel, place: {left, top, width, height}}] and the height of all; collapsed rows are drawn open. */
export function layout(panels, width) {
  const column = (width - (COLUMNS - 1) * GAP) / COLUMNS;
  const placed = compacted(opened(panels));
  const items = placed.map(({ panel, x, y, w, h }) => ({
    panel,
    place: { left: x * (column + GAP), top: y * (ROW + GAP), width: w * (column + GAP) - GAP, height: h * (ROW + GAP) - GAP },
  }));
  return { items, height: Math.max(0, ...items.map(({ place }) => place.top + place.height)) };
}

/** Panels of a collapsed row move out of it, and what is below makes room. */
function opened(panels) {
  const result = [];
  let shift = 0;
  for (const panel of inOrder(panels.map((each) => ({ panel: each, ...each.gridPos })))) {
    result.push({ ...panel, y: panel.y + shift });
    const inner = panel.panel.type === 'row' ? panel.panel.panels ?? [] : [];
    if (inner.length === 0) continue;
    const top = Math.min(...inner.map(({ gridPos }) => gridPos.y));
    const below = panel.y + shift + 1;
    result.push(...inner.map((each) => ({ panel: each, ...each.gridPos, y: below + each.gridPos.y - top })));
    shift += Math.max(...inner.map(({ gridPos }) => gridPos.y + gridPos.h)) - top;
  }
  return result;
}

/** Everything rises until it meets something. */
function compacted(items) {
  const placed = [];
  for (const item of inOrder(items)) {
    let y = item.y;
    while (y > 0 && !placed.some((other) => meets({ ...item, y: y - 1 }, other))) y -= 1;
    placed.push({ ...item, y });
  }
  return placed;
}

function inOrder(items) {
  return [...items].sort((one, other) => one.y - other.y || one.x - other.x);
}

function meets(one, other) {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}
