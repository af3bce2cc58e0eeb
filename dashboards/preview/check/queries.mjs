// Syntax of PromQL, and variables that nobody declared.

import { parser } from '@prometheus-io/lezer-promql';
import { isBuiltIn, references, replaceReferences } from '../dashboard/templates.js';
import { parseVariableQuery } from '../dashboard/variable-query.js';

/** A variable stands for a duration where only a duration may stand, for a name or a text elsewhere. */
function withoutVariables(expression) {
  return replaceReferences(expression, (name, format, whole, offset) => {
    if (/^__(rate_)?interval$|^__range$/.test(name)) return '5m';
    if (/_(ms|s)$/.test(name) && name.startsWith('__')) return '300';
    const before = expression.slice(0, offset);
    return /(\[|\[[^\]]*:|\boffset\s+-?)\s*$/.test(before) ? '5m' : 'x';
  });
}

export function expressionFaults(expression) {
  const text = withoutVariables(expression);
  if (!text.trim()) return ['is empty'];
  let at = -1;
  parser.parse(text).iterate({ enter: (node) => { if (node.type.isError && at < 0) at = node.from; } });
  return at < 0 ? [] : [`is no PromQL near "${text.slice(Math.max(0, at - 20), at + 20)}"`];
}

export function targetFaults(panel) {
  const faults = [];
  const seen = new Set();
  (panel.targets ?? []).forEach((target, index) => {
    const place = `/targets/${index}`;
    if (!target.refId) faults.push(`${place} has no "refId"`);
    if (seen.has(target.refId)) faults.push(`${place} has the refId of another: "${target.refId}"`);
    seen.add(target.refId);
    if (typeof target.expr !== 'string') faults.push(`${place} has no "expr"`);
    else faults.push(...expressionFaults(target.expr).map((fault) => `${place}/expr ${fault}: ${target.expr}`));
  });
  return faults;
}

export function variableFaults(variable) {
  if (variable.type !== 'query') return [];
  const place = `variable "${variable.name}"`;
  const asked = parseVariableQuery(variable.query);
  if (!asked) return [`${place} asks what the data source does not know: ${JSON.stringify(variable.query)}`];
  if (!asked.expression) return [];
  return expressionFaults(asked.expression).map((fault) => `${place} ${fault}: ${asked.expression}`);
}

export function annotationFaults(annotation) {
  const expression = annotation.expr ?? annotation.target?.expr;
  if (expression === undefined) return [];
  return expressionFaults(expression).map((fault) => `annotation "${annotation.name}" ${fault}: ${expression}`);
}

/** References below a value to variables that are not among the declared. */
export function undeclared(value, declared) {
  if (typeof value === 'string') {
    return references(value).filter((name) => !isBuiltIn(name) && !declared.has(name.split('.')[0]));
  }
  if (value === null || typeof value !== 'object') return [];
  return [...new Set(Object.values(value).flatMap((inner) => undeclared(inner, declared)))];
}
