// The checks of the browser test must be able to fail. Run with `node --test`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as checks from './checks.mjs';

const facts = { duration: 2, frameRate: 10 };
const frames = Array.from({ length: 20 }, (_, i) => [i / 10, 240, '']);

test('errors are reported', () => {
  assert.equal(checks.noErrors({ errors: [] }), null);
  assert.match(checks.noErrors({ errors: ['hls.js: fragParsingError'] }), /fragParsingError/);
});

test('an end too early, too late or not at all is reported', () => {
  const at = (currentTime, ended = true, duration = 2) =>
    checks.endedAtDuration({ ended, currentTime, duration }, facts);
  assert.equal(at(2.02), null);
  assert.match(at(1.8), /ended at 1.800 s/);
  assert.match(at(2.2), /ended at 2.200 s/);
  assert.match(at(2, false), /did not end/);
  assert.match(at(2, true, 2.5), /video.duration/);
});

test('a seek of the player is reported, except to the start', () => {
  assert.equal(checks.nobodySeeked({ events: [['seeking', 0], ['ended', 2]] }), null);
  assert.match(checks.nobodySeeked({ events: [['seeking', 1.1]] }), /seeked to 1.100/);
});

test('frames out of order, off the grid or missing are reported', () => {
  const edited = (edit) => {
    const copy = frames.map((frame) => [...frame]);
    edit(copy);
    return checks.framesAreContinuous({ frames: copy }, facts);
  };
  assert.equal(edited(() => {}), null);
  assert.match(edited((copy) => copy.splice(4, 1, copy[3])), /goes from 0.3 s to 0.3 s/);
  assert.match(edited((copy) => copy.splice(4, 0, copy[2])), /goes from 0.3 s to 0.2 s/);
  assert.match(edited((copy) => (copy[4][0] += 0.02)), /off the grid/);
  assert.match(edited((copy) => copy.splice(3, 12)), /no frame between/);
  const seldom = frames.filter((_, i) => i < 3 || i > 15);
  assert.equal(checks.framesAreContinuous({ frames: seldom }, { ...facts, gap: 1.5 }), null);
  assert.match(checks.framesAreContinuous({ frames: seldom }, { ...facts, gap: 1.3 }), /no frame between 0.2 s and 1.6 s/);
  assert.match(edited((copy) => copy.shift()), /first frame is at 0.100/);
  assert.match(edited((copy) => copy.splice(12)), /last frame is at 1.100/);
  assert.match(edited((copy) => copy.splice(0)), /0 frames/);
});

test('frames decoded twice, left out or corrupt are reported', () => {
  const counted = (totalVideoFrames, corruptedVideoFrames = 0) =>
    checks.decodedFrames({ quality: { totalVideoFrames, corruptedVideoFrames } }, facts);
  assert.equal(counted(20), null);
  assert.match(counted(15), /15 frames were decoded, expected 20/);
  assert.match(counted(25), /25 frames/);
  assert.match(counted(20, 1), /corrupt/);
});

test('holes and short buffers are reported', () => {
  const held = (...buffered) =>
    checks.bufferedWhole({ sourceBuffers: [{ mime: 'video/mp4', buffered }] }, facts);
  assert.equal(held([0, 2]), null);
  assert.equal(held([0, 1], [1.05, 2]), null);
  assert.match(held([0, 1], [1.2, 2]), /holes: 0.000-1.000, 1.200-2.000/);
  assert.match(held([0.2, 2]), /from 0.200/);
  assert.match(held([0, 1.8]), /to 1.800/);
  assert.match(held(), /nothing/);
  assert.match(checks.bufferedWhole({ sourceBuffers: [] }, facts), /no source buffer/);
});

test('a rendition that never appears is reported, and one that nobody offers', () => {
  const seen = (heights, atLeast) => checks.heightsSeen({ frames }, { heights, atLeast });
  assert.equal(seen([240, 480], 1), null);
  assert.match(seen([240, 480], 2), /only the heights 240/);
  assert.match(seen([480], 1), /height 240 was shown/);
});

test('a cue that is absent, early, late or doubled is reported', () => {
  const cues = [{ start: 0.5, end: 1.5, text: 'hello' }];
  const shown = (from, to, text = 'hello') => {
    const captioned = frames.map(([time, height]) => [time, height, time >= from && time < to ? text : '']);
    return checks.cuesShown({ frames: captioned }, { cues, tolerance: 0.15 });
  };
  assert.equal(shown(0.5, 1.5), null);
  assert.equal(shown(0.5, 1.5, 'hello|other'), null);
  assert.match(shown(3, 4), /was on 0 of/);
  assert.match(shown(0.2, 1.5), /was shown at 0.200/);
  assert.match(shown(0.5, 2), /that ends at 1.5 s/);
  assert.match(shown(0.5, 1.5, 'hello|hello'), /twice/);
});

test('offers that differ are reported', () => {
  assert.equal(checks.sameSet('heights', [480, 240], [240, 480]), null);
  assert.match(checks.sameSet('heights', [240], [240, 480]), /offers heights 240, expected 240, 480/);
  assert.match(checks.sameSet('languages', [], ['en']), /none/);
});

test('a file that is not there is reported', () => {
  const log = (status) => [{ path: '/package/cmaf/seg_1.m4s', range: null, status }];
  assert.equal(checks.requestsAnswered(log(206)), null);
  assert.match(checks.requestsAnswered(log(404)), /seg_1.m4s \(whole\): status 404/);
});

test('video from another set than asked for is reported', () => {
  const log = (...sets) => sets.map((set) => ({ served: `/package/${set}/cmaf/video/avc1/240p/seg_1.m4s`, status: 200 }));
  assert.equal(checks.setsServed(log('0', '1', '0'), ['0', '1']), null);
  assert.match(checks.setsServed(log('0'), ['0', '1']), /of sets 0, expected 0,1/);
  assert.match(checks.setsServed(log('1', '0'), ['1']), /of sets 0,1, expected 1/);
  assert.match(checks.setsServed([], ['1']), /none/);
});

test('a key of another KID is reported, and a request for one', () => {
  const kids = ['aa', 'bb'];
  const log = [{ path: '/package/stream.mpd', status: 200 }, { path: '/licence', status: 200, kids: ['aa'] }];
  assert.equal(checks.keysOnlyOf({ keys: { aa: 'usable' } }, log, kids), null);
  assert.match(checks.keysOnlyOf({ keys: { aa: 'usable', cc: 'usable' } }, log, kids), /got the key of KID cc, expected those of aa, bb/);
  assert.match(checks.keysOnlyOf({ keys: { aa: 'usable' } }, [{ kids: ['aa', 'dd'] }], kids), /asked for the key of KID dd/);
  assert.match(checks.keysOnlyOf({ keys: { aa: 'internal-error' } }, log, kids), /KID aa is internal-error/);
  assert.match(checks.keysOnlyOf({ keys: {} }, [], kids), /no key/);
});

test('a playback that goes on without a key is reported', () => {
  const lead = (count, also = {}) => checks.stopsAfterLead({
    ended: false,
    frames: frames.slice(0, count),
    quality: { totalVideoFrames: count },
    currentTime: count / 10,
    ...also,
  }, { clearLead: 1, frameRate: 10, slack: 0.1 });
  assert.equal(lead(10), null);
  assert.equal(lead(0), null);
  assert.match(lead(15), /frame at 1.200 s was shown, expected none after 1.100/);
  assert.match(lead(10, { currentTime: 1.7 }), /stands at 1.700/);
  assert.match(lead(10, { quality: { totalVideoFrames: 20 } }), /20 frames were decoded, expected 13 at most/);
  assert.match(lead(10, { ended: true }), /to the end/);
});

test('a clear lead that does not play is reported', () => {
  assert.equal(checks.playsLead({ frames }, { clearLead: 2.5 }), null);
  assert.match(checks.playsLead({ frames: frames.slice(0, 5) }, { clearLead: 2 }), /last frame is at 0.400/);
  assert.match(checks.playsLead({ frames: [] }, { clearLead: 2 }), /0.000 s/);
});
