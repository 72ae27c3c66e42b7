// Plays a package in Chromium with hls.js, dash.js and Shaka Player.
//
// usage: node play.mjs PACKAGE EXPECTATIONS.json [--players hls.js,dash.js,shaka-dash,shaka-hls] [--report FILE]
//                      [--set 0|1|mixed] [--scenarios through,whole,controls]
//
// --set is for marked packages of the layout "directory": the manifests of one set, or those of set 0
// with every second video segment served from set 1, as an edge does for a viewer.
//
// EXPECTATIONS.json:
//   { "duration": 20, "frame_rate": "30/1", "heights": [240, 360, 480],
//     "audio": [{ "lang": "en", "mdhd": "eng" }],             mdhd: optional, as in the init segment
//     "subtitles": [{ "lang": "en", "cues": [{ "start": 1, "end": 4, "text": "..." }] }],
//     "manifests": { "dash": "cmaf/stream.mpd", "hls": "cmaf/master.m3u8" } }                optional
//
// One line a check; the last line counts them. Exit codes: 0 all well, 1 a check failed, 2 asked wrongly.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { requestsAnswered, setsServed } from './checks.mjs';
import { Session, controls, through, whole } from './scenarios.mjs';
import { serve } from './server.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PLAYERS = {
  'hls.js': { adapter: 'hls.js', script: 'hls.js/dist/hls.js', manifest: 'hls' },
  'dash.js': { adapter: 'dash.js', script: 'dashjs/dist/modern/umd/dash.all.debug.js', manifest: 'dash' },
  'shaka-dash': { adapter: 'shaka', script: 'shaka-player/dist/shaka-player.compiled.js', manifest: 'dash' },
  'shaka-hls': { adapter: 'shaka', script: 'shaka-player/dist/shaka-player.compiled.js', manifest: 'hls' },
};
// The buffer of `through` and `controls` is short, so that switches and seeks need new segments.
const SCENARIOS = [
  { name: 'through', run: through, bufferSeconds: 4, start: 'lowest', text: true },
  { name: 'whole', run: whole, bufferSeconds: 600, start: 'highest' },
  { name: 'controls', run: controls, bufferSeconds: 4, start: 'lowest' },
];
/** Where manifests lie in a package, what is served instead of a path, and which sets that comes to. */
const UNMARKED = { prefix: '', serves: (path) => path };
const SETS = {
  0: { prefix: '0/', serves: (path) => path, sets: ['0'] },
  1: { prefix: '1/', serves: (path) => path, sets: ['1'] },
  mixed: { prefix: '0/', serves: everySecondFromSet1, sets: ['0', '1'] },
};
/** For a whole scenario; one that takes longer hangs. */
const SCENARIO_MS = 240_000;

/** Video segments of set 0 with an odd number: those of set 1. */
function everySecondFromSet1(path) {
  const match = /^\/package\/0\/(.*\/video\/.*seg_(\d+)\.m4s)$/.exec(path);
  return match && Number(match[2]) % 2 === 1 ? `/package/1/${match[1]}` : path;
}

class Usage extends Error {}

async function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      players: { type: 'string' },
      report: { type: 'string' },
      scenarios: { type: 'string' },
      set: { type: 'string' },
    },
  });
  if (positionals.length !== 2) throw new Usage('usage: node play.mjs PACKAGE EXPECTATIONS.json');
  const players = values.players?.split(',') ?? Object.keys(PLAYERS);
  const unknown = players.find((name) => !(name in PLAYERS));
  if (unknown !== undefined) throw new Usage(`--players: ${unknown}: is none of ${Object.keys(PLAYERS)}`);
  const scenarios = values.scenarios?.split(',') ?? SCENARIOS.map(({ name }) => name);
  const other = scenarios.find((name) => !SCENARIOS.some((each) => each.name === name));
  if (other !== undefined) throw new Usage(`--scenarios: ${other}: is none of ${SCENARIOS.map(({ name }) => name)}`);
  if (values.set !== undefined && !(values.set in SETS)) throw new Usage(`--set: ${values.set}: is none of ${Object.keys(SETS)}`);
  const set = SETS[values.set] ?? UNMARKED;
  const directory = resolve(positionals[0]);
  const expected = readExpectations(positionals[1], JSON.parse(await readFile(positionals[1], 'utf8')));
  for (const format of Object.keys(expected.manifests)) expected.manifests[format] = `${set.prefix}${expected.manifests[format]}`;
  for (const manifest of Object.values(expected.manifests)) {
    const facts = await stat(join(directory, manifest)).catch(() => null);
    if (!facts?.isFile()) throw new Usage(`${directory}: no ${manifest}`);
  }
  return { directory, expected, players, scenarios, set, report: values.report };
}

function readExpectations(file, json) {
  for (const field of ['duration', 'frame_rate', 'heights', 'audio', 'subtitles']) {
    if (!(field in json)) throw new Usage(`${file}: no "${field}"`);
  }
  const [numerator, denominator = 1] = json.frame_rate.split('/').map(Number);
  return {
    ...json,
    frameRate: numerator / denominator,
    heights: [...json.heights].sort((a, b) => a - b),
    manifests: { dash: 'cmaf/stream.mpd', hls: 'cmaf/master.m3u8', ...json.manifests },
  };
}

/** The only thing that is tried again: a browser may fail to start on a busy machine. */
async function startBrowser() {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio',
    '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await chromium.launch({ executablePath: CHROMIUM, headless: true, args, timeout: 60_000 });
    } catch (error) {
      if (attempt === 3) throw new Error(`${CHROMIUM} does not start: ${error.message}`);
    }
  }
}

async function runScenario(browser, server, player, scenario, expected, sets) {
  const page = await browser.newPage();
  const mark = server.log.length;
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${SCENARIO_MS / 1000} s`)), SCENARIO_MS);
  });
  const steps = async () => {
    await page.goto(`${server.origin}/page/index.html`);
    await page.addScriptTag({ url: `${server.origin}/lib/${player.script}` });
    const options = {
      bufferSeconds: scenario.bufferSeconds,
      start: scenario.start,
      text: (scenario.text && expected.subtitles[0]?.lang) || null,
    };
    const url = `${server.origin}/package/${expected.manifests[player.manifest]}`;
    await page.evaluate(async ([name, manifest, options]) => {
      const { create, recorder } = window;
      const [video, captions] = ['video', 'captions'].map((id) => document.getElementById(id));
      window.adapter = create[name](video, captions, recorder.errors);
      await window.adapter.load(manifest, options);
    }, [player.adapter, url, options]);
    const session = new Session(page, expected, server.log);
    // Some players apply the start position only with the first pictures, and forget a seek before.
    await session.until('the first picture is shown', ({ frames, seeking }) => frames > 0 && !seeking);
    return scenario.run(session);
  };
  const findings = await Promise.race([steps(), late]).catch((error) => [['runs', error.message]]);
  clearTimeout(timer);
  findings.push(['every file asked for is there', requestsAnswered(server.log.slice(mark))]);
  if (sets) findings.push(['video comes from the sets asked for', setsServed(server.log.slice(mark), sets)]);
  const recording = await page.evaluate(() => window.recorder?.recording()).catch(() => null);
  await page.close().catch(() => {});
  return { findings, recording };
}

async function main() {
  const { directory, expected, players, scenarios, set, report } = await parse();
  const server = await serve({
    '/package/': directory,
    '/page/': join(HERE, 'page'),
    '/lib/': join(HERE, 'node_modules'),
  }, set.serves);
  const results = {};
  let passed = 0;
  let failed = 0;
  for (const name of players) {
    // A browser for each player: nothing one of them left behind meets the next.
    const browser = await startBrowser();
    results[name] = { browser: browser.version(), scenarios: {} };
    for (const scenario of SCENARIOS.filter(({ name }) => scenarios.includes(name))) {
      const begun = Date.now();
      const { findings, recording } = await runScenario(browser, server, PLAYERS[name], scenario, expected, set.sets);
      for (const [check, wrong] of findings) {
        console.log(`${wrong === null ? 'ok    ' : 'FAILED'} ${name} ${scenario.name}: ${check}${wrong === null ? '' : `: ${wrong}`}`);
        if (wrong === null) passed += 1;
        else failed += 1;
      }
      const seconds = (Date.now() - begun) / 1000;
      console.log(`       ${name} ${scenario.name}: ${seconds.toFixed(1)} s`);
      results[name].scenarios[scenario.name] = {
        seconds,
        findings: findings.map(([check, wrong]) => ({ check, wrong })),
        recording,
      };
    }
    await browser.close();
  }
  await server.close();
  if (report) await writeFile(report, JSON.stringify({ package: directory, expected, results, passed, failed }, null, 1));
  console.log(`browser: ${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    const asked = error instanceof Usage || error.code?.startsWith?.('ERR_PARSE_ARGS');
    console.error(asked ? error.message : error.stack);
    process.exit(asked ? 2 : 1);
  },
);
