// Texts with variables in them, as Grafana resolves them: in queries as parts of a regular expression, in titles
// as people read them, in links as parameters.

import { replaceReferences } from '../dashboard/templates.js';

function escaped(value) {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\\/g, '\\\\');
}

function quotedText(value) {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"');
}

/** A variable of several values is matched by a regular expression, any other stands for itself. */
function inQuery(variable) {
  const { values, all, model } = variable;
  if (all && model.allValue) return model.allValue;
  if (!model.multi && !model.includeAll) return quotedText(values[0] ?? '');
  return values.length === 1 ? escaped(values[0]) : `(${values.map(escaped).join('|')})`;
}

const plain = ({ all, model, values }) => (all && model.allValue ? [model.allValue] : values);

const FORMATS = {
  query: inQuery,
  text: ({ text }) => text,
  raw: (variable) => plain(variable).join(','),
  csv: (variable) => plain(variable).join(','),
  pipe: (variable) => plain(variable).join('|'),
  glob: (variable) => {
    const values = plain(variable);
    return values.length === 1 ? values[0] : `{${values.join(',')}}`;
  },
  regex: (variable) => {
    if (variable.all && variable.model.allValue) return variable.model.allValue;
    const values = variable.values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    return values.length === 1 ? values[0] : `(${values.join('|')})`;
  },
  json: (variable) => JSON.stringify(plain(variable)),
  doublequote: (variable) => plain(variable).map((value) => `"${value}"`).join(','),
  singlequote: (variable) => plain(variable).map((value) => `'${value}'`).join(','),
  percentencode: (variable) => encodeURIComponent(FORMATS.glob(variable)),
  queryparam: ({ all, model, values }) => (all ? ['$__all'] : values)
    .map((value) => `var-${model.name}=${encodeURIComponent(value)}`).join('&'),
};

/** The text with its variables resolved; what stays unresolved stays in the text. */
export function interpolate(text, variables, { format = 'text', builtIn = {}, dataContext } = {}) {
  return replaceReferences(text, (name, asked) => {
    if (name in builtIn) return String(builtIn[name]);
    if (name.startsWith('__') && dataContext) {
      const value = ofCell(name, dataContext);
      if (value === undefined) return undefined;
      return asked === 'percentencode' ? encodeURIComponent(value) : String(value);
    }
    const variable = variables.get(name);
    return variable && FORMATS[asked ?? format]?.(variable);
  });
}

/** What the link of a cell may speak of: its row, its field and its value. */
function ofCell(name, { frame, field, rowIndex, value }) {
  const path = name.split('.');
  const row = rowIndex ?? value?.rowIndex;
  const rest = path.slice(2).join('.');
  if (path[0] === '__data' && path[1] === 'fields') {
    const named = frame?.fields.find((each) => each.name === rest || each.state?.displayName === rest);
    return named && row !== undefined ? named.values[row] : undefined;
  }
  if (path[0] === '__field') return path[1] === 'labels' ? field?.labels?.[rest] : field?.name;
  if (path[0] === '__series') return frame?.name;
  if (path[0] === '__value' && row !== undefined) return field?.values[row];
  return undefined;
}
