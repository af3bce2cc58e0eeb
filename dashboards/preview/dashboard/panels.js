// The panels of a dashboard as they are stored: those of a collapsed row hang under the row.

export function allPanels(dashboard) {
  return (dashboard.panels ?? []).flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

/** Panels that draw something, each with what Grafana shows of it while its row is open. */
export function drawnPanels(dashboard) {
  return allPanels(dashboard).filter((panel) => panel.type !== 'row');
}
