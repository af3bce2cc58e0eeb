// Time ranges and steps, as Grafana reckons them.

import { dateMath, dateTime, rangeUtil } from '@grafana/data';

const MOST_POINTS = 11000;

/** `now` is fixed, so that the same picture can be taken again. */
export function timeRange(from, to, now) {
  // Grafana's date arithmetic has no clock of its own to set: relative ends are reckoned from an absolute one.
  const at = (text, roundUp) => {
    if (/^\d+$/.test(text)) return dateTime(Number(text));
    if (!text.startsWith('now')) return dateTime(text);
    return text === 'now' ? dateTime(now) : dateMath.parseDateMath(text.slice(3), dateTime(now).utc(), roundUp);
  };
  const range = { from: at(from, false), to: at(to, true), raw: { from, to } };
  if (!range.from?.isValid() || !range.to?.isValid()) throw new Error(`no time range: ${from} to ${to}`);
  return range;
}

export function seconds(range) {
  return { from: range.from.valueOf() / 1000, to: range.to.valueOf() / 1000 };
}

export function milliseconds(interval) {
  return rangeUtil.intervalToMs(interval);
}

/** Seconds between two points: as wide as a pixel, as the panel wants at least, and few enough to be answered. */
export function stepOf(range, pixels, least, scrapeInterval) {
  const width = range.to.valueOf() - range.from.valueOf();
  const { intervalMs } = rangeUtil.calculateInterval(range, pixels, least || scrapeInterval);
  return Math.max(intervalMs, Math.ceil(width / MOST_POINTS)) / 1000;
}

/** The names that Grafana resolves itself, for one query. */
export function builtInNames(range, step, scrapeInterval) {
  const width = Math.round((range.to.valueOf() - range.from.valueOf()) / 1000);
  const scrape = milliseconds(scrapeInterval) / 1000;
  const rate = Math.max(step + scrape, 4 * scrape);
  return {
    __interval: text(step), __interval_ms: step * 1000,
    __rate_interval: text(rate), __rate_interval_ms: rate * 1000,
    __range: `${width}s`, __range_s: width, __range_ms: width * 1000,
    __from: range.from.valueOf(), __to: range.to.valueOf(),
  };
}

function text(step) {
  return Number.isInteger(step) ? `${step}s` : `${Math.round(step * 1000)}ms`;
}
