// Names that Grafana looks up while it runs, so that a wrong one fails in silence: units, reducers, colours.
// Asked of Grafana's own library.

import { createRequire } from 'node:module';

// The library expects a browser: the first when it is loaded, the second when it is called.
Object.defineProperty(globalThis, 'navigator', { value: { language: 'en-US', languages: ['en-US'] }, configurable: true });
const { createTheme, fieldReducers, getValueFormats } = createRequire(import.meta.url)('@grafana/data');
globalThis.window = { localStorage: { getItem() {}, setItem() {} }, location: {} };

const UNITS = new Set(getValueFormats().flatMap((category) => category.submenu.map((unit) => unit.value)));
const CUSTOM_UNIT = /^(currency|prefix|suffix):./;
const theme = createTheme();
const COLOUR = /^(#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})|(rgb|hsl)a?\([^)]+\)|transparent)$/i;

const CHECKS = {
  unit: (unit) => UNITS.has(unit) || CUSTOM_UNIT.test(unit) || 'is no unit of Grafana',
  calcs: (id) => Boolean(fieldReducers.getIfExists(id)) || 'is no calculation of Grafana',
  color: (name) => COLOUR.test(theme.visualization.getColorByName(name)) || 'is no colour of Grafana',
};
CHECKS.fixedColor = CHECKS.iconColor = CHECKS.color;

/** Faults of all names below a value, whichever panel they are of. */
export function nameFaults(value, place = '') {
  if (value === null || typeof value !== 'object') return [];
  const faults = [];
  for (const [key, inner] of Object.entries(value)) {
    // An override says { id: 'unit', value: 'percent' }.
    const name = key === 'value' && typeof value.id === 'string' ? value.id : key;
    for (const text of [inner].flat()) {
      if (typeof text !== 'string' || text.includes('${')) continue;
      const verdict = CHECKS[name]?.(text) ?? true;
      if (verdict !== true) faults.push(`${place}/${key} "${text}" ${verdict}`);
    }
    faults.push(...nameFaults(inner, `${place}/${key}`));
  }
  return faults;
}
