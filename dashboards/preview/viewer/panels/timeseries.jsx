// Lines over time, with annotations as vertical lines.

import { useMemo } from 'react';
import { FieldType, dateTime } from '@grafana/data';
import { TimeSeries, useTheme2 } from '@grafana/ui';

const own = {
  color: { mode: 'palette-classic' },
  thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, { color: 'red', value: 80 }] },
  custom: {
    axisBorderShow: false, axisCenteredZero: false, axisColorMode: 'text', axisLabel: '', axisPlacement: 'auto',
    barAlignment: 0, barWidthFactor: 0.6, drawStyle: 'line', fillOpacity: 0, gradientMode: 'none',
    hideFrom: { legend: false, tooltip: false, viz: false }, insertNulls: false, lineInterpolation: 'linear',
    lineWidth: 1, pointSize: 5, scaleDistribution: { type: 'linear' }, showPoints: 'auto', spanNulls: false,
    stacking: { group: 'A', mode: 'none' }, thresholdsStyle: { mode: 'off' },
  },
};

function Draw({ data, options, width, height, range, timeZone, annotations }) {
  const theme = useTheme2();
  const legend = { calcs: [], displayMode: 'list', placement: 'bottom', showLegend: true, ...options?.legend };
  // Infinity has no place on an axis.
  const frames = useMemo(() => data.filter((frame) => frame.length).map((frame) => ({ ...frame,
    fields: frame.fields.map((field) => (field.type === FieldType.number
      ? { ...field, values: field.values.map((value) => (Number.isFinite(value) ? value : null)) } : field)) })), [data]);
  return (
    <TimeSeries frames={frames} structureRev={1} timeRange={range} timeZone={timeZone} width={width} height={height}
      legend={{ ...legend, displayMode: legend.displayMode === 'hidden' ? 'list' : legend.displayMode }}
      options={options}>
      {(builder) => {
        builder.addHook('draw', (plot) => drawAnnotations(plot, annotations, theme));
        return null;
      }}
    </TimeSeries>
  );
}

function drawAnnotations(plot, annotations, theme) {
  const { ctx, bbox } = plot;
  const at = (time) => Math.round(plot.valToPos(time, 'x', true));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { time, timeEnd, color } of annotations) {
    const stroke = theme.visualization.getColorByName(color);
    const [left, right] = [at(time), at(timeEnd)];
    ctx.strokeStyle = ctx.fillStyle = stroke;
    ctx.globalAlpha = 0.1;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
    ctx.setLineDash([3, 3]);
    for (const x of new Set([left, right])) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.fillRect(left, bbox.top + bbox.height - 3, Math.max(right - left, 3), 3);
  }
  ctx.restore();
}

export const timeseries = { own, Draw, mark: 'canvas' };
