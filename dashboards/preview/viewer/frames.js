// Answers of Prometheus as the data frames that Grafana's data source makes of them.

import { FieldType, createDataFrame } from '@grafana/data';

const SPECIAL = { NaN, '+Inf': Infinity, '-Inf': -Infinity };

function number(text) {
  return text in SPECIAL ? SPECIAL[text] : Number(text);
}

/** One frame for each series; its name comes from the legend's format. */
export function seriesFrames(result, { refId, expression, legendFormat, step }) {
  if (result.length === 0) return [createDataFrame({ refId, fields: [] })];
  return result.map(({ metric, values }) => {
    const name = legend(legendFormat, metric, expression);
    return createDataFrame({
      refId, name,
      fields: [
        { name: 'Time', type: FieldType.time, values: values.map(([seconds]) => seconds * 1000),
          config: step ? { interval: step * 1000 } : {} },
        { name: 'Value', type: FieldType.number, values: values.map(([, text]) => number(text)), labels: metric,
          config: name ? { displayNameFromDS: name } : {} },
      ],
    });
  });
}

/** One frame for all series: a column for the time, one for each label, and one for the value. */
export function tableFrame(result, { refId, only }) {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const rows = result.flatMap(({ metric, values }) =>
    values.map(([seconds, text]) => ({ metric, time: seconds * 1000, value: number(text) })));
  return createDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map((row) => row.time), config: {} },
      ...labels.map((label) => ({ name: label, type: FieldType.string, config: { filterable: true },
        values: rows.map(({ metric }) => metric[label] ?? '') })),
      { name: only ? 'Value' : `Value #${refId}`, type: FieldType.number, values: rows.map((row) => row.value),
        config: {} },
    ],
  });
}

/** Undefined where Grafana shall make the name of what distinguishes the series. */
function legend(format, metric, expression) {
  const { __name__: name = '', ...labels } = metric;
  const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`).join(', ');
  if (format === '__auto') return Object.keys(metric).length ? undefined : expression;
  if (format) return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (whole, label) => metric[label] ?? '');
  return text || name ? `${name}{${text}}` : expression;
}
