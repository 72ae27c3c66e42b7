// A web server on the loopback interface for one package, the players and the test page.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { answer as licence } from './licence.mjs';

const MIME_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.m4a': 'audio/mp4',
  '.m4s': 'video/iso.segment',
  '.mp4': 'video/mp4',
  '.mpd': 'application/dash+xml',
  '.ttml': 'application/ttml+xml',
  '.vtt': 'text/vtt; charset=utf-8',
};

/** Of the ClearKey licence server, whatever the name of the host. */
const LICENCE_PATH = '/licence';
/** Some players stop all loading when they get no licence; by then they should have the clear lead. */
const REFUSAL_DELAY_MS = 3_000;
/** Bytes of a licence request that are read. */
const LICENCE_LIMIT = 65_536;

/**
 * Serves each folder of `mounts` (a path prefix such as `/package/` to a directory) and keeps a log
 * of `{ path, served, range, status }`, one entry a request. `serves` says what is served instead
 * of a path. `licences.keys` (KID to key) are what the licence server has; its entries in the log
 * have `kids`, those asked for.
 */
export async function serve(mounts, serves = (path) => path) {
  const log = [];
  const licences = { keys: {} };
  const server = createServer((request, response) => {
    const path = pathOf(request);
    const served = serves(path);
    const isLicence = path === LICENCE_PATH && request.method === 'POST';
    const answered = isLicence ? answerLicence(licences.keys, request, response) : answer(mounts, served, request, response);
    answered.then(
      (facts) => log.push({ path, served, range: request.headers.range ?? null, ...facts }),
      (error) => response.destroy(error),
    );
  });
  // Port 0 lets the system choose a free one, so that several runs do not meet.
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    log,
    licences,
    licenceUrl: `http://127.0.0.1:${server.address().port}${LICENCE_PATH}`,
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

function pathOf(request) {
  return decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
}

async function answerLicence(keys, request, response) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > LICENCE_LIMIT) throw new Error('licence request too long');
    parts.push(part);
  }
  const { kids, status, body } = licence(Buffer.concat(parts).toString(), keys);
  if (status === 403) await new Promise((wake) => setTimeout(wake, REFUSAL_DELAY_MS));
  response.writeHead(status, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/json' }).end(body);
  return { status, kids };
}

async function answer(mounts, path, request, response) {
  const finish = (status, headers = {}) => {
    response.writeHead(status, { 'Access-Control-Allow-Origin': '*', ...headers }).end();
    return { status };
  };
  if (request.method === 'OPTIONS') {
    return finish(204, { 'Access-Control-Allow-Headers': '*', 'Access-Control-Allow-Methods': 'GET, HEAD, POST' });
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return finish(405);

  const prefix = Object.keys(mounts).find((mount) => path.startsWith(mount));
  if (prefix === undefined) return finish(404);
  const root = mounts[prefix];
  const file = normalize(join(root, path.slice(prefix.length)));
  if (!file.startsWith(root + sep)) return finish(403);
  const facts = await stat(file).catch(() => null);
  if (!facts?.isFile()) return finish(404);

  const range = parseRange(request.headers.range, facts.size);
  if (range === 'unsatisfiable') return finish(416, { 'Content-Range': `bytes */${facts.size}` });
  const headers = {
    'Accept-Ranges': 'bytes',
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': '*',
    'Cache-Control': 'no-store',
    'Content-Length': range ? range.end - range.start + 1 : facts.size,
    'Content-Type': MIME_TYPES[extname(file)] ?? 'application/octet-stream',
  };
  if (range) headers['Content-Range'] = `bytes ${range.start}-${range.end}/${facts.size}`;
  const status = range ? 206 : 200;
  response.writeHead(status, headers);
  if (request.method === 'HEAD' || facts.size === 0) {
    response.end();
    return { status };
  }
  const stream = createReadStream(file, range ?? {});
  stream.on('error', (error) => response.destroy(error));
  response.on('close', () => stream.destroy());
  stream.pipe(response);
  return { status };
}

/** One range of `bytes=`; null when the header is absent or asks for several, which may be ignored. */
function parseRange(header, size) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(size - 1, Number(match[2]));
  return start > end ? 'unsatisfiable' : { start, end };
}
