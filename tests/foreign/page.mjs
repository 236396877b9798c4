// Looks at a page in headless Chromium, at two widths and in both languages: what axe-core finds, whether it is too wide,
// whether it asks the network for anything, and how many languages are shown at once.
// node page.mjs FOLDER-OF-TOOLS PAGE
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [tools, page] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(tools, 'node_modules', 'x.js')));
const { default: puppeteer } = await import(pathToFileURL(require.resolve('puppeteer-core')).href);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const browser = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const looks = [];
for (const width of [1280, 390]) {
  for (const language of ['fr', 'en']) {
    const tab = await browser.newPage();
    let requests = 0;
    tab.on('request', (request) => { if (!/^(file|data):/.test(request.url())) requests += 1; });
    await tab.setViewport({ width, height: 900 });
    await tab.goto(pathToFileURL(page).href + '#' + language);
    await tab.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
    await tab.addScriptTag({ content: axe });
    const found = await tab.evaluate(() => window.axe.run());
    const { overflow, shown } = await tab.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      shown: [...document.querySelectorAll('.side')].filter((s) => getComputedStyle(s).display !== 'none').length,
    }));
    const violations = found.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
    looks.push({ width, language, overflow, shown, requests, violations });
    await tab.close();
  }
}
await browser.close();
console.log(JSON.stringify(looks));
