// Draws the dashboard that the address asks for. Parameters: dashboard (where its JSON is), prometheus (where to
// ask), theme, from, to, now (milliseconds), scrape (interval), and var-NAME for values of variables.

import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { ThemeContext, createTheme, locationUtil } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { Dashboard } from './Dashboard.jsx';
import { registerWhatGrafanaHas } from './field-config.js';
import { Prometheus } from './prometheus.js';
import { annotations } from './queries.js';
import { builtInNames, seconds, timeRange } from './time.js';
import { resolveVariables } from './variables.js';
import '@grafana/react-data-grid/lib/styles.css';
import 'uplot/dist/uPlot.min.css';

async function show(parameters) {
  const dashboard = await (await fetch(parameters.get('dashboard'))).json();
  const prometheus = new Prometheus(parameters.get('prometheus'));
  const scrapeInterval = parameters.get('scrape') ?? '15s';
  const now = Number(parameters.get('now')) || Date.now();
  const range = timeRange(parameters.get('from') ?? dashboard.time?.from ?? 'now-6h',
    parameters.get('to') ?? dashboard.time?.to ?? 'now', now);
  const timeZone = ['browser', '', undefined].includes(dashboard.timezone) ? 'utc' : dashboard.timezone;
  const builtIn = { ...builtInNames(range, 60, scrapeInterval), __dashboard: dashboard.title,
    __all_variables: '', __url_time_range: `from=${range.raw.from}&to=${range.raw.to}` };
  const chosen = {};
  for (const [key, value] of parameters) {
    if (key.startsWith('var-')) (chosen[key.slice(4)] ??= []).push(value);
  }
  const variables = await resolveVariables(dashboard, prometheus, builtIn, seconds(range), chosen);
  const context = { builtIn, prometheus, range, scrapeInterval, timeZone, variables, annotations: [] };
  context.annotations = await annotations(dashboard, context);
  const theme = createTheme({ colors: { mode: parameters.get('theme') ?? 'dark' } });
  const root = createRoot(document.getElementById('root'));
  const draw = (page) => flushSync(() => root.render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <PortalContainer />
      {page}
    </ThemeContext.Provider>));
  // Texts are measured before they are drawn, so the fonts that the styles name have to be there.
  draw(null);
  const fonts = await Promise.all([400, 500].map((weight) => document.fonts.load(`${weight} 14px Inter`)));
  if (fonts.some((found) => found.length === 0)) throw new Error('Grafana\'s font was not found');
  draw(<Dashboard dashboard={dashboard} context={context} width={document.documentElement.clientWidth} />);
}

locationUtil.initialize({
  config: { appSubUrl: '' }, getTimeRangeForUrl: () => ({}), getVariablesUrlParams: () => ({}),
});
registerWhatGrafanaHas();
initPluginTranslations('dashboard-preview')
  .then(() => show(new URLSearchParams(window.location.search)))
  .catch((error) => { document.body.dataset.failed = error.stack; });
