// The page as a browser shows it, under the policy the exporter sends with it. Needs Debian's chromium.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { document, reference, require } from './places.mjs';

const { chromium } = require('playwright-core');

const POLICY = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
  + "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const FILES = {
  '/api/v1/docs': ['text/html; charset=utf-8', path.join(reference, 'index.html')],
  '/api/v1/docs/redoc.js': ['text/javascript; charset=utf-8', path.join(reference, 'redoc.standalone.js')],
  '/api/v1/openapi.json': ['application/json', document],
};

let server;
let browser;
const asked = [];

before(async () => {
  server = createServer((request, response) => {
    asked.push(request.url);
    const [type, file] = FILES[request.url] ?? [];
    response.writeHead(file ? 200 : 404, { 'Content-Type': type ?? 'text/plain', 'Content-Security-Policy': POLICY,
      'X-Content-Type-Options': 'nosniff' });
    response.end(file && readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
});

after(async () => {
  await browser?.close();
  server.closeAllConnections();
  server.close();
});

test('every operation is shown, and nothing is asked of another host', async () => {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const faults = [];
  const refused = [];
  const away = [];
  const own = `http://127.0.0.1:${server.address().port}`;
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') (/Content Security Policy/.test(message.text()) ? refused : faults).push(message.text());
  });
  page.on('response', (response) => { if (!response.url().startsWith(own)) away.push(response.url()); });
  await page.goto(`${own}/api/v1/docs`);
  const said = JSON.parse(readFileSync(document));
  const operations = Object.values(said.paths).flatMap((item) => Object.values(item)).filter((one) => one.operationId);
  await page.waitForFunction((count) => document.querySelectorAll('[id^="operation/"]').length >= count, operations.length);
  const text = await page.evaluate(() => document.body.textContent);
  for (const operation of operations) assert.ok(text.includes(operation.summary), operation.summary);
  assert.ok(text.includes(said.info.title));
  assert.deepEqual(faults, []);
  // The mark beside "API docs by Redocly", which the policy refuses and Redoc then leaves out; it has no setting.
  assert.ok(refused.every((line) => line.includes('https://cdn.redoc.ly/redoc/logo-mini.svg')), refused.join('\n'));
  assert.deepEqual(away.filter((url) => !url.startsWith('data:')), []);
  assert.deepEqual([...new Set(asked)].sort(), Object.keys(FILES).sort());
  if (process.env.REFERENCE_PICTURE) await page.screenshot({ path: process.env.REFERENCE_PICTURE });
  await page.close();
});

test('without JavaScript it says where the document is', async () => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(`http://127.0.0.1:${server.address().port}/api/v1/docs`);
  assert.equal(await page.getByRole('link', { name: 'openapi.json' }).getAttribute('href'), 'openapi.json');
  await page.close();
});
