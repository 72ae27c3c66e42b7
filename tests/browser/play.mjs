// Plays a package in Chromium with hls.js, dash.js and Shaka Player.
//
// usage: node play.mjs PACKAGE EXPECTATIONS.json [--players hls.js,dash.js,shaka-dash,shaka-hls] [--report FILE]
//                      [--parallel 1] [--set 0|1|mixed] [--scenarios through,whole,controls]
//                      [--keys FILE [--labels sd,audio] [--licence manifest|player] [--clear-lead SECONDS]]
//                      [--tracktype SD_ONLY|SD_HD|SD_UHD --heights 240,360]
//
// --parallel plays with so many players at a time.
//
// --set is for marked packages of the layout "directory": the manifests of one set, or those of set 0
// with every second video segment served from set 1, as an edge does for a viewer.
//
// --keys is for encrypted packages: the file that `packager pack --key-file` had, and --clear-lead what
// of the beginning is clear, in whole segments. Players get keys through ClearKey, which is all that
// every Chromium has; --labels names the keys that are to be had (default: all), and no others may be
// asked for. --licence: the manifest names the server (`pack --clearkey-url http://licence.test/licence`),
// or the player is given the keys. hls.js always is given a server, and Shaka Player keys with HLS: they
// know no other way. Scenarios of such packages are switches, lead, locked and wrong as well.
//
// --tracktype is for the manifests of `pack --tracktype-manifests`, which hold the --heights alone.
//
// EXPECTATIONS.json:
//   { "duration": 20, "frame_rate": "30/1", "heights": [240, 360, 480],
//     "audio": [{ "lang": "en", "mdhd": "eng" }],             mdhd: optional, as in the init segment
//     "subtitles": [{ "lang": "en", "cues": [{ "start": 1, "end": 4, "text": "..." }] }],
//     "manifests": { "dash": "cmaf/stream.mpd", "hls": "cmaf/master.m3u8" } }   optional; else the folders
//                                                             dash and hls where there is no cmaf
//
// One line a check; the last line counts them. Exit codes: 0 all well, 1 a check failed, 2 asked wrongly.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { keysOnlyOf, requestsAnswered, setsServed } from './checks.mjs';
import { keysOf, readKeys, wrong } from './licence.mjs';
import { Session, controls, lead, locked, switches, through, whole, wrongKeys } from './scenarios.mjs';
import { serve } from './server.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PLAYERS = {
  'hls.js': { adapter: 'hls.js', script: 'hls.js/dist/hls.js', manifest: 'hls' },
  'dash.js': { adapter: 'dash.js', script: 'dashjs/dist/modern/umd/dash.all.debug.js', manifest: 'dash' },
  'shaka-dash': { adapter: 'shaka', script: 'shaka-player/dist/shaka-player.compiled.js', manifest: 'dash' },
  'shaka-hls': { adapter: 'shaka', script: 'shaka-player/dist/shaka-player.compiled.js', manifest: 'hls' },
};
// A short buffer makes switches and seeks need new segments. `keys`: what the players get instead of
// the right keys; such a scenario need not show a picture.
const SCENARIOS = [
  { name: 'through', run: through, bufferSeconds: 4, start: 'lowest', text: true },
  { name: 'whole', run: whole, bufferSeconds: 600, start: 'highest' },
  { name: 'controls', run: controls, bufferSeconds: 4, start: 'lowest' },
  { name: 'switches', run: switches, bufferSeconds: 4, start: 'lowest' },
  { name: 'lead', run: lead, bufferSeconds: 4, start: 'lowest' },
  { name: 'locked', run: locked, bufferSeconds: 600, start: 'lowest', keys: () => NO_KEYS },
  { name: 'wrong', run: wrongKeys, bufferSeconds: 600, start: 'lowest', keys: wrong },
];
const UNENCRYPTED = ['through', 'whole', 'controls'];
/** They need --keys. */
const ENCRYPTED = ['lead', 'locked', 'wrong'];
/** A player that is given keys has to get some: this is nobody's. */
const NO_KEYS = { '00000000000000000000000000000000': '00000000000000000000000000000000' };
/** The host of the licence server in manifests. */
const LICENCE_HOST = 'licence.test';
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
      'clear-lead': { type: 'string' },
      heights: { type: 'string' },
      keys: { type: 'string' },
      labels: { type: 'string' },
      licence: { type: 'string', default: 'manifest' },
      parallel: { type: 'string', default: '1' },
      players: { type: 'string' },
      report: { type: 'string' },
      scenarios: { type: 'string' },
      set: { type: 'string' },
      tracktype: { type: 'string' },
    },
  });
  if (positionals.length !== 2) throw new Usage('usage: node play.mjs PACKAGE EXPECTATIONS.json');
  const players = values.players?.split(',') ?? Object.keys(PLAYERS);
  const unknown = players.find((name) => !(name in PLAYERS));
  if (unknown !== undefined) throw new Usage(`--players: ${unknown}: is none of ${Object.keys(PLAYERS)}`);
  const scenarios = values.scenarios?.split(',') ?? UNENCRYPTED;
  const other = scenarios.find((name) => !SCENARIOS.some((each) => each.name === name));
  if (other !== undefined) throw new Usage(`--scenarios: ${other}: is none of ${SCENARIOS.map(({ name }) => name)}`);
  const encrypted = scenarios.find((name) => ENCRYPTED.includes(name));
  if (encrypted !== undefined && !values.keys) throw new Usage(`--scenarios: ${encrypted}: needs --keys`);
  if (values.set !== undefined && !(values.set in SETS)) throw new Usage(`--set: ${values.set}: is none of ${Object.keys(SETS)}`);
  const set = SETS[values.set] ?? UNMARKED;
  const directory = resolve(positionals[0]);
  if (!['manifest', 'player'].includes(values.licence)) throw new Usage(`--licence: ${values.licence}: is none of manifest, player`);
  const parallel = Number(values.parallel);
  if (!(parallel >= 1 && parallel <= 4)) throw new Usage(`--parallel: ${values.parallel}: is not 1 to 4 players at a time`);
  const expected = readExpectations(positionals[1], JSON.parse(await readFile(positionals[1], 'utf8')));
  if (values.heights) expected.heights = values.heights.split(',').map(Number).sort((a, b) => a - b);
  expected.manifests ??= await findManifests(join(directory, set.prefix));
  for (const [format, path] of Object.entries(expected.manifests)) {
    const manifest = `${set.prefix}${values.tracktype ? path.replace(/(\.\w+)$/, `_${values.tracktype}$1`) : path}`;
    if (!(await isFile(join(directory, manifest)))) throw new Usage(`${directory}: no ${manifest}`);
    expected.manifests[format] = manifest;
  }
  const protection = values.keys ? await readProtection(directory, expected.manifests, values) : null;
  if (protection) expected.clearLead = protection.clearLead;
  return { directory, expected, players, scenarios, set, protection, parallel, report: values.report };
}

async function isFile(path) {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/** With two schemes of encryption each format has a set of segments. */
async function findManifests(root) {
  const [dash, hls] = (await isFile(join(root, 'cmaf/stream.mpd'))) ? ['cmaf', 'cmaf'] : ['dash', 'hls'];
  return { dash: `${dash}/stream.mpd`, hls: `${hls}/master.m3u8` };
}

/** What players need of an encrypted package: the keys of each format, how they get them, what is clear. */
async function readProtection(directory, manifests, values) {
  const file = readKeys(await readFile(values.keys, 'utf8'));
  const labels = values.labels?.split(',') ?? null;
  const clearLead = Number(values['clear-lead'] ?? 0);
  if (!(clearLead >= 0)) throw new Usage(`--clear-lead: ${values['clear-lead']}: is no number of seconds`);
  const dash = await readFile(join(directory, manifests.dash), 'utf8');
  const hls = await readFile(join(directory, manifests.hls), 'utf8');
  // Of one set of segments, both formats have the scheme of the MPD.
  const scheme = /mp4protection:2011"[^>]* value="(\w+)"/.exec(dash)?.[1];
  if (!scheme) throw new Usage(`${directory}: ${manifests.dash}: is not encrypted`);
  const schemes = { dash: scheme, hls: /METHOD=SAMPLE-AES,/.test(hls) ? 'cbcs' : scheme };
  const keys = Object.fromEntries(Object.entries(schemes).map(([format, scheme]) => [format, keysOf(file, scheme, labels)]));
  // Shaka Player refuses HLS whose keys are all of formats that it does not know, ClearKey's among them.
  const formats = [...hls.matchAll(/KEYFORMAT="([^"]*)"/g)].map(([, format]) => format);
  const shakaKnows = formats.some((format) => /^urn:uuid:|^com\./.test(format));
  return { keys, clearLead, licence: values.licence, shakaKnows };
}

/** How a player gets the keys of a package: `licence` of `page/adapters.js`. */
function licenceFor(name, keys, protection, server) {
  if (name === 'hls.js') return { url: server.licenceUrl };
  if (name === 'shaka-hls') return { keys, ignoresManifest: !protection.shakaKnows };
  return protection.licence === 'player' ? { keys } : {};
}

function readExpectations(file, json) {
  for (const field of ['duration', 'frame_rate', 'heights', 'audio', 'subtitles']) {
    if (!(field in json)) throw new Usage(`${file}: no "${field}"`);
  }
  const [numerator, denominator = 1] = json.frame_rate.split('/').map(Number);
  return { ...json, frameRate: numerator / denominator, heights: [...json.heights].sort((a, b) => a - b) };
}

/** The only thing that is tried again: a browser may fail to start on a busy machine. */
async function startBrowser(server) {
  const args = [`--host-resolver-rules=MAP ${LICENCE_HOST} ${new URL(server.origin).host}`,
    '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio',
    '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await chromium.launch({ executablePath: CHROMIUM, headless: true, args, timeout: 60_000 });
    } catch (error) {
      if (attempt === 3) throw new Error(`${CHROMIUM} does not start: ${error.message}`);
    }
  }
}

async function runScenario(browser, server, name, scenario, { expected, set, protection }) {
  const player = PLAYERS[name];
  const expectedKeys = protection?.keys[player.manifest];
  const keys = protection && (scenario.keys?.(expectedKeys) ?? expectedKeys);
  server.licences.keys = keys ?? {};
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
      licence: protection && licenceFor(name, keys, protection, server),
    };
    const url = `${server.origin}/package/${expected.manifests[player.manifest]}`;
    await page.evaluate(async ([name, manifest, options, tolerant]) => {
      const { create, recorder } = window;
      const [video, captions] = ['video', 'captions'].map((id) => document.getElementById(id));
      window.adapter = create[name](video, captions, recorder.errors);
      // Without the right keys a player may end here, or later, or go on.
      const load = window.adapter.load(manifest, options);
      await (tolerant ? load.catch((error) => recorder.errors.push(`load: ${error}`)) : load);
    }, [player.adapter, url, options, scenario.keys !== undefined]);
    const session = new Session(page, expected, server.log);
    // Some players apply the start position only with the first pictures, and forget a seek before.
    if (!scenario.keys) await session.until('the first picture is shown', ({ frames, seeking }) => frames > 0 && !seeking);
    return scenario.run(session);
  };
  const findings = await Promise.race([steps(), late]).catch((error) => [['runs', error.message]]);
  clearTimeout(timer);
  const log = server.log.slice(mark);
  findings.push(['every file asked for is there', requestsAnswered(log)]);
  if (set.sets) findings.push(['video comes from the sets asked for', setsServed(log, set.sets)]);
  const recording = await page.evaluate(() => window.recorder?.recording()).catch(() => null);
  if (protection && !scenario.keys && recording) {
    findings.push(['gets its keys and no others', keysOnlyOf(recording, log, Object.keys(expectedKeys))]);
  }
  await page.close().catch(() => {});
  return { findings, recording };
}

/** All scenarios with one player, in a browser of its own: nothing one of them left behind meets the next. */
async function playWith(name, job) {
  const { directory, scenarios, set } = job;
  const mounts = { '/package/': directory, '/page/': join(HERE, 'page'), '/lib/': join(HERE, 'node_modules') };
  const server = await serve(mounts, set.serves);
  const browser = await startBrowser(server);
  const result = { browser: browser.version(), scenarios: {} };
  for (const scenario of SCENARIOS.filter(({ name }) => scenarios.includes(name))) {
    const begun = Date.now();
    const { findings, recording } = await runScenario(browser, server, name, scenario, job);
    for (const [check, wrong] of findings) {
      console.log(`${wrong === null ? 'ok    ' : 'FAILED'} ${name} ${scenario.name}: ${check}${wrong === null ? '' : `: ${wrong}`}`);
    }
    const seconds = (Date.now() - begun) / 1000;
    console.log(`       ${name} ${scenario.name}: ${seconds.toFixed(1)} s`);
    result.scenarios[scenario.name] = { seconds, findings: findings.map(([check, wrong]) => ({ check, wrong })), recording };
  }
  await browser.close();
  await server.close();
  return result;
}

async function main() {
  const job = await parse();
  const waiting = [...job.players];
  const results = {};
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) results[name] = await playWith(name, job);
  };
  await Promise.all(Array.from({ length: job.parallel }, worker));
  const findings = Object.values(results).flatMap(({ scenarios }) => Object.values(scenarios).flatMap((each) => each.findings));
  const failed = findings.filter(({ wrong }) => wrong !== null).length;
  const passed = findings.length - failed;
  const { directory, expected, report } = job;
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
