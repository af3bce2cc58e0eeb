// Keys, types and choices: JSON schemas from check/types.ts, one for every part of a dashboard.

import path from 'node:path';
import Ajv from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

const TYPES = path.join(import.meta.dirname, 'types.ts');

// Grafana's types call required what has a default. What has none is asked for here.
const REQUIRED = {
  dashboard: ['panels', 'schemaVersion', 'title', 'uid'],
  row: ['gridPos', 'id', 'title'],
  panel: ['gridPos', 'id', 'title'],
};

export class Shapes {
  constructor() {
    const schema = createGenerator({
      path: TYPES, type: 'Everything', skipTypeCheck: true, additionalProperties: false, expose: 'none',
      topRef: false, jsDoc: 'none',
    }).createSchema('Everything');
    this.parts = loosen(schema).properties;
    this.ajv = new Ajv({ strict: false, allErrors: true, discriminator: true });
    this.compiled = new Map();
  }

  panelTypes() {
    return Object.keys(this.parts.panels.properties);
  }

  dashboard(dashboard) {
    const { panels, ...rest } = dashboard;
    return [...missing(dashboard, REQUIRED.dashboard), ...this.faults('dashboard', rest)];
  }

  row(row) {
    const { panels, ...rest } = row;
    return [...missing(row, REQUIRED.row), ...this.faults('row', rest)];
  }

  panel(panel) {
    return [
      ...missing(panel, REQUIRED.panel),
      ...this.faults('panels', { [panel.type]: panel }, `/${panel.type}`),
      ...this.transformations(panel.transformations),
      ...this.overrides(panel.type, panel.fieldConfig?.overrides),
    ];
  }

  transformations(list) {
    return each(list, (transformation, index) => prefixed(`/transformations/${index}/options`,
      this.faults('transformations', { [transformation.id]: transformation.options }, `/${transformation.id}`)));
  }

  /** The value of an override has the type that the option has among the defaults. */
  overrides(type, list) {
    return each(list, (rule, index) => [
      ...prefixed(`/fieldConfig/overrides/${index}/matcher/options`,
        this.faults('matchers', { [rule.matcher?.id]: rule.matcher?.options }, `/${rule.matcher?.id}`)),
      ...each(rule.properties, (property, place) =>
        prefixed(`/fieldConfig/overrides/${index}/properties/${place}`,
          this.faults('fields', { [type]: nested(property.id ?? '', property.value) }, `/${type}`))),
    ]);
  }

  faults(part, value, below = '') {
    if (!this.compiled.has(part)) this.compiled.set(part, this.ajv.compile(this.parts[part]));
    const validate = this.compiled.get(part);
    if (validate(value)) return [];
    return [...new Set(validate.errors.filter((error) => error.keyword !== 'anyOf').map((error) => {
      const place = error.instancePath.startsWith(below) ? error.instancePath.slice(below.length) : '';
      return `${place ? `${place} ` : ''}${said(error)}`;
    }))];
  }
}

function said({ keyword, message, params }) {
  if (keyword === 'additionalProperties') return `has no "${params.additionalProperty}" in Grafana`;
  if (keyword === 'enum') return `must be one of ${shortened(params.allowedValues)}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`;
  if (keyword === 'discriminator') return `has an unknown "${params.tag}": ${JSON.stringify(params.tagValue)}`;
  return message;
}

function shortened(values) {
  const text = values.map((value) => JSON.stringify(value));
  return text.length <= 12 ? text.join(', ') : `${text.slice(0, 12).join(', ')}, … (${text.length})`;
}

/** Without what the types require; a choice of objects goes by their "type", so that a fault names one form. */
function loosen(schema) {
  if (Array.isArray(schema)) return schema.map(loosen);
  if (schema === null || typeof schema !== 'object') return schema;
  const { required, ...rest } = schema;
  const loose = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key,
    key === 'properties'
      ? Object.fromEntries(Object.entries(value).map(([name, property]) => [name, loosen(property)]))
      : key === 'enum' || key === 'const' || key === 'type' ? value : loosen(value)]));
  if (loose.anyOf?.every((form) => form.properties?.type?.const !== undefined)) {
    const { anyOf, ...other } = loose;
    return { ...other, type: 'object', discriminator: { propertyName: 'type' }, required: ['type'], oneOf: anyOf };
  }
  return loose;
}

function missing(value, keys) {
  return keys.filter((key) => value[key] === undefined).map((key) => `has no "${key}"`);
}

function nested(id, value) {
  return id.split('.').reduceRight((inner, key) => ({ [key]: inner }), value);
}

function each(list, faults) {
  return Array.isArray(list) ? list.flatMap(faults) : [];
}

function prefixed(place, faults) {
  return faults.map((fault) => (fault.startsWith('/') ? `${place}${fault}` : `${place} ${fault}`));
}
