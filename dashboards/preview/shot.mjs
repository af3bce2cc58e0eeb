// node shot.mjs --prometheus URL --output DIR FILES…: a picture of each dashboard, and what is wrong with it.

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { builtViewer } from './build.mjs';
import { serve } from './server.mjs';

const USAGE = `usage: node shot.mjs --prometheus URL --output DIR [OPTIONS] FILES…
  --theme dark|light      default dark
  --from TIME --to TIME   default: what the dashboard says
  --time UNIX             seconds that "now" stands for; default now
  --width PIXELS          default 1600
  --scrape-interval TIME  what $__rate_interval is four times of; default 15s
  --var NAME=VALUE        value of a variable; repeatable
  --allow-empty           panels without data are no fault
  --may-be-empty TITLE    nor is this one; repeatable`;

const PATIENCE = 60_000;
const OPTIONS = {
  'allow-empty': { type: 'boolean' }, from: { type: 'string' }, 'may-be-empty': { type: 'string', multiple: true },
  output: { type: 'string' }, prometheus: { type: 'string' }, 'scrape-interval': { type: 'string' },
  theme: { type: 'string', default: 'dark' }, time: { type: 'string' }, to: { type: 'string' },
  var: { type: 'string', multiple: true }, width: { type: 'string', default: '1600' },
};

function asked() {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    const width = Number(values.width);
    if (!values.prometheus || !values.output || positionals.length === 0) throw new Error('something is missing');
    if (!['dark', 'light'].includes(values.theme)) throw new Error(`no theme: ${values.theme}`);
    if (!(width >= 400 && width <= 10_000)) throw new Error(`no width: ${values.width}`);
    if (values.time !== undefined && !/^\d{9,10}$/.test(values.time)) throw new Error(`no time: ${values.time}`);
    const variables = (values.var ?? []).map((text) => {
      if (!/^\w+=/.test(text)) throw new Error(`no NAME=VALUE: ${text}`);
      return [`var-${text.slice(0, text.indexOf('='))}`, text.slice(text.indexOf('=') + 1)];
    });
    return { ...values, width, variables, files: positionals.map((file) => path.resolve(file)) };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

function parameters(number, options) {
  const now = options.time === undefined ? undefined : `${options.time}000`;
  const named = { dashboard: `/dashboards/${number}.json`, prometheus: options.prometheus, theme: options.theme,
    from: options.from, to: options.to, now, scrape: options['scrape-interval'] };
  return new URLSearchParams([...Object.entries(named).filter(([, value]) => value !== undefined), ...options.variables]);
}

/** Opens one dashboard and returns what it says of its panels once all have finished. */
async function drawn(page, address, width) {
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const until = (holds) => page.waitForFunction(holds, undefined, { timeout: PATIENCE });
  await page.goto(address);
  await until(() => document.body.dataset.failed || document.querySelector('main[data-dashboard]'));
  // Tables are drawn while they are in sight, so everything has to be.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height });
  // An icon is an empty drawing until it has been fetched.
  await until(() => !document.querySelector('[data-panel][data-state="loading"], svg:empty'))
    .catch(() => problems.push(`not every panel was drawn within ${PATIENCE / 1000} s`));
  const said = await page.evaluate(() => ({
    failed: document.body.dataset.failed,
    panels: [...document.querySelectorAll('[data-panel]')].map(({ dataset }) => ({ ...dataset })),
    variables: [...document.querySelectorAll('[data-variable][data-error]')].map(({ dataset }) => ({ ...dataset })),
    wide: [...document.querySelectorAll('[role="grid"]')].filter((grid) => grid.scrollWidth > grid.clientWidth + 1)
      .map((grid) => grid.closest('[data-panel]').dataset.title),
    unresolved: document.body.innerText.match(/\$\{?[A-Za-z_]\w*/g) ?? [],
  }));
  return { ...said, problems };
}

/** A fifth of the size, where Debian's pngquant is installed; the picture as it was elsewhere. */
function shrink(file) {
  const { error } = spawnSync('pngquant', ['--force', '--skip-if-larger', '--output', file, file]);
  if (error && error.code !== 'ENOENT') throw error;
}

function report(file, { failed, panels, variables, wide, unresolved, problems }, options) {
  const of = (state) => panels.filter((panel) => panel.state === state);
  const [errors, empty] = [of('error'), of('empty')];
  const forgiven = (panel) => options['allow-empty'] || options['may-be-empty']?.includes(panel.title);
  console.log(`${path.basename(file)}: ${panels.length} panels, ${of('drawn').length} with data, ` +
    `${empty.length} without, ${errors.length} with error`);
  const faults = [
    ...(failed ? [`not drawn: ${failed}`] : []),
    ...problems.map((message) => `error of the page: ${message}`),
    ...variables.map(({ variable, error }) => `variable $${variable}: ${error}`),
    ...unresolved.map((text) => `unresolved variable: ${text}`),
    ...of('loading').map(({ title }) => `never drawn: "${title}"`),
    ...errors.map(({ title, message }) => `error in "${title}": ${message}`),
    ...empty.filter((panel) => !forgiven(panel)).map(({ title }) => `no data in "${title}"`),
  ];
  faults.forEach((fault) => console.log(`  ${fault}`));
  empty.filter(forgiven).forEach(({ title }) => console.log(`  (no data in "${title}")`));
  wide.forEach((title) => console.log(`  (columns out of sight in "${title}")`));
  return faults.length;
}

async function main() {
  const options = asked();
  mkdirSync(options.output, { recursive: true });
  const server = await serve(await builtViewer(), options.files);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  let faults = 0;
  try {
    const context = await browser.newContext({
      viewport: { width: options.width, height: 900 }, deviceScaleFactor: 1, timezoneId: 'UTC', locale: 'en-US',
    });
    for (const [number, file] of options.files.entries()) {
      const page = await context.newPage();
      if (options.time) await page.clock.setFixedTime(Number(options.time) * 1000);
      const result = await drawn(page, `${server.address}/?${parameters(number, options)}`, options.width);
      const picture = path.join(options.output, `${path.basename(file, '.json')}.png`);
      await page.screenshot({ path: picture, fullPage: true });
      shrink(picture);
      await page.close();
      faults += report(file, result, options);
    }
  } finally {
    await browser.close();
    server.close();
  }
  process.exitCode = faults ? 1 : 0;
}

await main();
