// The options that a field may have, by the names that overrides use. Grafana's application lists them with their
// editors; drawing needs names and places only, and a panel's own options are those that its JSON names.

import {
  FieldConfigOptionsRegistry, applyFieldOverrides, cacheFieldDisplayNames, dataLinksOverrideProcessor,
  displayNameOverrideProcessor, identityOverrideProcessor, standardFieldConfigEditorRegistry, standardTransformers,
  standardTransformersRegistry,
} from '@grafana/data';

const STANDARD = [
  'color', 'decimals', 'description', 'displayName', 'fieldMinMax', 'filterable', 'links', 'mappings', 'max', 'min',
  'noValue', 'thresholds', 'unit',
];
const PROCESS = { displayName: displayNameOverrideProcessor, links: dataLinksOverrideProcessor };

function option(id) {
  const path = id.replace(/^custom\./, '');
  return {
    id, path, name: id, isCustom: id !== path, process: PROCESS[id] ?? identityOverrideProcessor,
    shouldApply: () => true, settings: {}, editor: () => null, override: () => null,
  };
}

export function registerWhatGrafanaHas() {
  standardFieldConfigEditorRegistry.setInit(() => STANDARD.map(option));
  standardTransformersRegistry.setInit(() => [...new Map(Object.values(standardTransformers).map((one) =>
    [one.id, { id: one.id, name: one.name, transformation: async () => one, editor: () => null }])).values()]);
}

/** The frames with defaults and overrides in force. `own` are the defaults of this kind of panel. */
export function withFieldConfig(frames, fieldConfig, own, { theme, timeZone, replaceVariables }) {
  const config = {
    defaults: { ...own, ...fieldConfig?.defaults, custom: { ...own.custom, ...fieldConfig?.defaults?.custom } },
    overrides: fieldConfig?.overrides ?? [],
  };
  // JSON has no infinity: the first threshold is stored as null.
  const fromBelow = (thresholds) => thresholds?.steps?.forEach((step) => { step.value ??= -Infinity; });
  fromBelow(config.defaults.thresholds);
  config.overrides.flatMap(({ properties }) => properties).filter(({ id }) => id === 'thresholds')
    .forEach(({ value }) => fromBelow(value));
  const custom = [
    ...Object.keys(config.defaults.custom).map((key) => `custom.${key}`),
    ...config.overrides.flatMap(({ properties }) => properties.map(({ id }) => id)).filter((id) => id.startsWith('custom.')),
  ];
  const registry = new FieldConfigOptionsRegistry(() => [...STANDARD, ...new Set(custom)].map(option));
  const data = applyFieldOverrides({
    data: frames, fieldConfig: config, fieldConfigRegistry: registry, replaceVariables, theme, timeZone,
  });
  cacheFieldDisplayNames(data);
  return { data, fieldConfig: config };
}
