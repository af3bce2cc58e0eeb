// The data of a panel: its queries run, its transformations applied.

import { lastValueFrom } from 'rxjs';
import { transformDataFrame } from '@grafana/data';
import { references } from '../dashboard/templates.js';
import { seriesFrames, tableFrame } from './frames.js';
import { interpolate } from './interpolation.js';
import { builtInNames, seconds, stepOf } from './time.js';

export async function panelFrames(panel, pixels, context) {
  if (panel.repeat) throw new Error('this viewer draws no repeated panels');
  const targets = (panel.targets ?? []).filter((target) => !target.hide);
  const tables = targets.filter((target) => target.format === 'table').length;
  const answers = await Promise.all(targets.map((target) => framesOf(target, panel, pixels, tables, context)));
  const replace = (text) => interpolate(text, context.variables, { builtIn: context.builtIn });
  return lastValueFrom(transformDataFrame(panel.transformations ?? [], answers.flat(), { interpolate: replace }));
}

async function framesOf(target, panel, pixels, tables, { prometheus, range, scrapeInterval, variables }) {
  const least = target.interval || panel.interval;
  const step = stepOf(range, panel.maxDataPoints ?? pixels, least && interpolate(least, variables), scrapeInterval);
  const expression = resolved(target.expr, variables, builtInNames(range, step, scrapeInterval));
  const { from, to } = seconds(range);
  const instant = target.instant && !target.range;
  // Steps start at multiples of themselves, so that a picture a second later has the same points.
  const result = instant ? await prometheus.instant(expression, to)
    : await prometheus.range(expression, Math.floor(from / step) * step, Math.floor(to / step) * step, step);
  if (target.format === 'table') return [tableFrame(result, { refId: target.refId, only: tables === 1 })];
  return seriesFrames(result, { refId: target.refId, expression, legendFormat: target.legendFormat,
    step: instant ? undefined : step });
}

function resolved(expression, variables, builtIn) {
  const text = interpolate(expression, variables, { format: 'query', builtIn });
  const left = references(text);
  if (left.length) throw new Error(`unresolved variable $${left[0]} in ${text}`);
  return text;
}

/** Annotations as [{time, timeEnd, color}]: a stretch for each run of points that are one step apart. */
export async function annotations(dashboard, { prometheus, range, variables, builtIn }) {
  const { from, to } = seconds(range);
  const stretches = await Promise.all((dashboard.annotations?.list ?? [])
    .filter((each) => each.enable && (each.expr ?? each.target?.expr))
    .map(async (each) => {
      const step = Math.max(60, stepOf(range, 1000, each.step || each.target?.step || '60s', '60s'));
      const expression = resolved(each.expr ?? each.target.expr, variables, builtIn);
      const result = await prometheus.range(expression, Math.floor(from / step) * step, Math.floor(to / step) * step, step);
      return result.flatMap(({ values }) => runs(values.filter(([, value]) => Number(value)).map(([at]) => at), step))
        .map(([start, end]) => ({ time: start * 1000, timeEnd: end * 1000, color: each.iconColor }));
    }));
  return stretches.flat();
}

function runs(times, step) {
  const result = [];
  for (const time of times) {
    const last = result.at(-1);
    if (last && time - last[1] <= step) last[1] = time;
    else result.push([time, time]);
  }
  return result;
}
