// Cells of tables that Grafana draws without complaint, and so that they say nothing: a colour that goes by the
// place of the column instead of its value, and a bar that is measured against the numbers of other columns.

export function cellFaults(panel) {
  if (panel.type !== 'table') return [];
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  return overrides.flatMap(({ matcher, properties }) => {
    const own = Object.fromEntries((properties ?? []).map(({ id, value }) => [id, value]));
    const type = own['custom.cellOptions']?.type;
    const column = `the column ${JSON.stringify(own.displayName ?? matcher?.options)}`;
    const set = (key) => own[key] ?? defaults[key];
    const faults = [];
    if (type?.startsWith('color-') && set('color')?.mode?.startsWith('palette') && !set('mappings')?.length) {
      faults.push(`colours ${column} by its place, not by its value: color.mode is "${set('color').mode}"`);
    }
    if (type === 'gauge' && (panel.targets ?? []).length > 1 && set('max') === undefined && !set('fieldMinMax')) {
      faults.push(`measures the bars of ${column} against all columns: it has neither "max" nor "fieldMinMax"`);
    }
    return faults;
  });
}
