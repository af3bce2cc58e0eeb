// The variables of a dashboard with their chosen values. Each is asked for in turn, because its query may use
// those before it.

import { stringToJsRegex } from '@grafana/data';
import { references } from '../dashboard/templates.js';
import { parseVariableQuery } from '../dashboard/variable-query.js';
import { interpolate } from './interpolation.js';

const ALL = '$__all';

/** Map of name to {model, options, values, all, text, error}. */
export async function resolveVariables(dashboard, prometheus, builtIn, time, chosen) {
  const variables = new Map();
  for (const model of dashboard.templating?.list ?? []) {
    let options = [];
    let error;
    try {
      options = await optionsOf(model, prometheus, variables, builtIn, time);
    } catch (problem) {
      error = problem.message;
    }
    variables.set(model.name, { model, options, error, ...choice(model, options, chosen[model.name]) });
  }
  return variables;
}

async function optionsOf(model, prometheus, variables, builtIn, time) {
  switch (model.type) {
    case 'datasource': return ['Prometheus'];
    case 'custom':
    case 'interval': return String(model.query).split(',').map((value) => value.trim().split(/\s+:\s+/).pop());
    case 'constant':
    case 'textbox': return [String(model.query ?? '')];
    case 'query': return sorted(filtered(await ask(model, prometheus, variables, builtIn, time), model.regex), model.sort);
    default: throw new Error(`this viewer knows no variable of type ${model.type}`);
  }
}

async function ask(model, prometheus, variables, builtIn, time) {
  const asked = parseVariableQuery(model.query);
  if (!asked) throw new Error(`no query of a variable: ${JSON.stringify(model.query)}`);
  const resolved = (text) => {
    const result = interpolate(text, variables, { format: 'query', builtIn });
    if (references(result).length) throw new Error(`unresolved variable in ${result}`);
    return result;
  };
  switch (asked.kind) {
    case 'label_values':
      return prometheus.labelValues(resolved(asked.label), asked.expression && resolved(asked.expression),
        time.from, time.to);
    case 'label_names': return prometheus.labelNames(time.from, time.to);
    case 'metrics':
      return (await prometheus.labelValues('__name__', undefined, time.from, time.to))
        .filter((name) => new RegExp(resolved(asked.pattern)).test(name));
    default:
      return (await prometheus.instant(resolved(asked.expression), time.to)).map(({ metric, values }) => {
        const { __name__: name = '', ...labels } = metric;
        const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`).join(',');
        const [seconds, value] = values.at(-1);
        return `${name}{${text}} ${value} ${Math.round(seconds * 1000)}`;
      });
  }
}

/** The part that the expression captures, or the whole of what it matches. */
function filtered(values, expression) {
  if (!expression) return values;
  const pattern = stringToJsRegex(expression.startsWith('/') ? expression : `/${expression}/`);
  return [...new Set(values.flatMap((value) => {
    pattern.lastIndex = 0;
    const match = pattern.exec(value);
    return match ? [match.groups?.value ?? match[1] ?? value] : [];
  }))];
}

function sorted(values, sort) {
  if (!sort) return values;
  const numeric = (value) => Number(/\d+(\.\d+)?/.exec(value)?.[0] ?? -1);
  const compare = [
    (a, b) => (a < b ? -1 : a > b ? 1 : 0), (a, b) => numeric(a) - numeric(b),
    (a, b) => a.toLowerCase().localeCompare(b.toLowerCase()), (a, b) => a.localeCompare(b, 'en', { numeric: true }),
  ][Math.floor((sort - 1) / 2)];
  const result = [...values].sort(compare);
  return sort % 2 ? result : result.reverse();
}

/** What was asked for, else what the dashboard was saved with, else all, else the first. */
function choice(model, options, asked) {
  const saved = asked ?? [model.current?.value ?? []].flat();
  const kept = saved.filter((value) => options.includes(value));
  const all = model.includeAll && (saved.includes(ALL) || kept.length === 0);
  const values = all ? options : kept.length ? kept : options.slice(0, 1);
  return { all, values, text: all ? 'All' : values.join(' + ') };
}
