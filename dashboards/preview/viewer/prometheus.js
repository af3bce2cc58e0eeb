// Prometheus' HTTP API, as far as dashboards need it.

export class Prometheus {
  constructor(base) {
    this.base = base.replace(/\/$/, '');
  }

  async ask(path, parameters) {
    const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined));
    const answer = await fetch(`${this.base}/api/v1/${path}?${query}`);
    const text = await answer.text();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      throw new Error(`${answer.status}: ${text.slice(0, 200)}`);
    }
    if (body.status !== 'success') throw new Error(body.error ?? `status ${answer.status}`);
    return body.data;
  }

  /** [{metric, values: [[seconds, text]]}] at one time. */
  async instant(query, time) {
    const { resultType, result } = await this.ask('query', { query, time });
    if (resultType === 'scalar' || resultType === 'string') return [{ metric: {}, values: [result] }];
    return result.map(({ metric, value, values }) => ({ metric, values: values ?? [value] }));
  }

  async range(query, start, end, step) {
    return (await this.ask('query_range', { query, start, end, step })).result;
  }

  labelValues(label, match, start, end) {
    return this.ask(`label/${encodeURIComponent(label)}/values`, { 'match[]': match, start, end });
  }

  labelNames(start, end) {
    return this.ask('labels', { start, end });
  }
}
