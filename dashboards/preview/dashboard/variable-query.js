// What the query of a variable asks of Prometheus: {kind, expression, label}. Grafana stores it as text, or as
// text within an object.

const FORMS = [
  [/^label_values\(\s*([A-Za-z_]\w*)\s*\)$/, (match) => ({ kind: 'label_values', label: match[1] })],
  [/^label_values\((.+),\s*([A-Za-z_$][\w{}$]*)\s*\)$/s,
    (match) => ({ kind: 'label_values', expression: match[1].trim(), label: match[2] })],
  [/^query_result\((.+)\)$/s, (match) => ({ kind: 'query_result', expression: match[1].trim() })],
  [/^label_names\(\s*\)$/, () => ({ kind: 'label_names' })],
  [/^metrics\((.+)\)$/, (match) => ({ kind: 'metrics', pattern: match[1].trim() })],
];

/** undefined if Grafana would not understand it either. */
export function parseVariableQuery(query) {
  const text = (typeof query === 'object' ? query?.query ?? '' : query ?? '').trim();
  for (const [form, read] of FORMS) {
    const match = form.exec(text);
    if (match) return read(match);
  }
  return undefined;
}
