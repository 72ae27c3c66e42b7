// What must be true of a recording. Every check returns null, or a sentence that says what was seen
// and what was expected. Pure functions: `checks.test.mjs` shows each of them failing.

const seconds = (time) => `${Number(time).toFixed(3)} s`;

/** No player or media error was reported. */
export function noErrors({ errors }) {
  return errors.length === 0 ? null : `errors: ${errors.join('; ')}`;
}

/** The playback ended by itself, at the expected time, and the browser knew the duration. */
export function endedAtDuration({ ended, currentTime, duration }, { duration: expected }) {
  if (!ended) return `did not end; stands at ${seconds(currentTime)}`;
  if (Math.abs(currentTime - expected) > 0.1) {
    return `ended at ${seconds(currentTime)}, expected ${seconds(expected)}`;
  }
  return Math.abs(duration - expected) > 0.1
    ? `video.duration is ${seconds(duration)}, expected ${seconds(expected)}`
    : null;
}

/** Nobody moved the playback position: a player that seeks by itself jumps over a hole. */
export function nobodySeeked({ events }) {
  // Some players place the position at 0 before the first frame.
  const jump = events.find(([name, time]) => name === 'seeking' && time > 0.001);
  return jump ? `the player seeked to ${seconds(jump[1])} by itself` : null;
}

/**
 * Frames came in order, each at a multiple of the frame duration, from the first to the last, with
 * `gap` seconds of the title between two that were shown at most.
 */
export function framesAreContinuous({ frames }, { duration, frameRate, gap = 1 }) {
  if (frames.length < 2) return `${frames.length} frames were shown`;
  const times = frames.map(([time]) => time);
  for (const [i, time] of times.entries()) {
    const position = time * frameRate;
    if (Math.abs(position - Math.round(position)) > 0.001 * frameRate) {
      return `frame at ${time} s is off the grid of ${frameRate} frames per second`;
    }
    if (i === 0) continue;
    const step = time - times[i - 1];
    if (step <= 0) return `frame time goes from ${times[i - 1]} s to ${time} s`;
    // Not every frame reaches the screen of a busy machine; `decodedFrames` counts them all.
    if (step > gap) return `no frame between ${times[i - 1]} s and ${time} s`;
  }
  if (times[0] > 0.5 / frameRate) return `the first frame is at ${seconds(times[0])}, expected 0`;
  const last = times.at(-1);
  return last < duration - gap / 2
    ? `the last frame is at ${seconds(last)} of ${seconds(duration)}`
    : null;
}

/** Every frame of the title was decoded once: none is missing, none came twice. */
export function decodedFrames({ quality }, { duration, frameRate, slack = 2 }) {
  const expected = Math.round(duration * frameRate);
  const { totalVideoFrames: total, corruptedVideoFrames: corrupted } = quality;
  if (corrupted > 0) return `${corrupted} frames were corrupt`;
  return Math.abs(total - expected) > slack
    ? `${total} frames were decoded, expected ${expected}`
    : null;
}

/** Each source buffer holds one range from 0 to the end, with no hole of a frame or more. */
export function bufferedWhole({ sourceBuffers }, { duration, frameRate }) {
  const frame = 1 / frameRate;
  if (sourceBuffers.length === 0) return 'there is no source buffer';
  for (const { mime, buffered } of sourceBuffers) {
    const shown = buffered.map(([start, end]) => `${start.toFixed(3)}-${end.toFixed(3)}`).join(', ');
    if (buffered.length === 0) return `${mime}: nothing is buffered`;
    const hole = buffered.slice(1).some(([start], i) => start - buffered[i][1] > frame);
    if (hole) return `${mime}: buffered with holes: ${shown}`;
    if (buffered[0][0] > frame) return `${mime}: buffered from ${seconds(buffered[0][0])}, expected 0`;
    if (Math.abs(buffered.at(-1)[1] - duration) > 0.1) {
      return `${mime}: buffered to ${seconds(buffered.at(-1)[1])}, expected ${seconds(duration)}`;
    }
  }
  return null;
}

/** At least `atLeast` of the heights were on screen during one playback. */
export function heightsSeen({ frames }, { atLeast, heights }) {
  const seen = [...new Set(frames.map(([, height]) => height))];
  const stranger = seen.find((height) => !heights.includes(height));
  if (stranger !== undefined) return `a frame of height ${stranger} was shown; offered are ${heights}`;
  return seen.length < atLeast ? `only the heights ${seen} were shown, expected ${atLeast} of ${heights}` : null;
}

/**
 * Each cue was on screen at its time, and only then. `tolerance`: browsers look for cues to show a
 * few times a second of real time only.
 */
export function cuesShown({ frames }, { cues, tolerance }) {
  for (const { start, end, text } of cues) {
    const shows = (frame) => frame[2].split('|').includes(text);
    const due = frames.filter(([time]) => time > start + tolerance && time < end - tolerance);
    const shown = due.filter(shows).length;
    if (due.length === 0) return `no frame was shown while the cue "${text}" was due`;
    if (shown < 0.9 * due.length) {
      return `the cue "${text}" was on ${shown} of ${due.length} frames between ${start} and ${end} s`;
    }
    const early = frames.find((frame) => frame[0] < start - tolerance && shows(frame));
    if (early) return `the cue "${text}" of ${start} s was shown at ${seconds(early[0])}`;
    const late = frames.find((frame) => frame[0] > end + tolerance && shows(frame));
    if (late) return `the cue "${text}" that ends at ${end} s was shown at ${seconds(late[0])}`;
    const twice = due.find((frame) => frame[2].split('|').filter((line) => line === text).length > 1);
    if (twice) return `the cue "${text}" was shown twice at ${seconds(twice[0])}`;
  }
  return null;
}

/** Both lists hold the same things, in any order. */
export function sameSet(what, actual, expected) {
  const left = [...actual].sort().join(', ');
  const right = [...expected].sort().join(', ');
  return left === right ? null : `the player offers ${what} ${left || 'none'}, expected ${right || 'none'}`;
}

/** Every request for a file of the package was answered with it. */
export function requestsAnswered(log) {
  const bad = log.find(({ path, status }) => path.startsWith('/package/') && status >= 400);
  return bad ? `${bad.path} (${bad.range ?? 'whole'}): status ${bad.status}` : null;
}

/** Whether video segments were served from each of these sets of a marked package, and from no other. */
export function setsServed(log, sets) {
  const found = new Set();
  for (const { served, status } of log) {
    const match = /^\/package\/([^/]+)\/.*\/video\/.*\/seg_\d+\.m4s$/.exec(served);
    if (match && status < 400) found.add(match[1]);
  }
  const [have, want] = [[...found].sort().join(), [...sets].sort().join()];
  return have === want ? null : `video segments of sets ${have || 'none'}, expected ${want}`;
}

/** The session got keys of these KIDs only, and nobody asked the licence server for others. */
export function keysOnlyOf({ keys }, log, kids) {
  const got = Object.keys(keys);
  const asked = log.flatMap((entry) => entry.kids ?? []);
  const stranger = [...got, ...asked].find((kid) => !kids.includes(kid));
  if (stranger !== undefined) {
    const how = got.includes(stranger) ? 'got' : 'asked for';
    return `${how} the key of KID ${stranger}, expected those of ${kids.join(', ')} only`;
  }
  const useless = got.find((kid) => keys[kid] !== 'usable');
  if (useless !== undefined) return `the key of KID ${useless} is ${keys[useless]}`;
  return got.length === 0 ? 'the session got no key' : null;
}

/** Nothing encrypted was played: no frame of `clearLead` seconds or more, give or take `slack` seconds. */
export function stopsAfterLead({ ended, frames, quality, currentTime }, { clearLead, frameRate, slack }) {
  const most = clearLead + slack;
  if (ended) return 'played to the end';
  const late = frames.find(([time]) => time > most);
  if (late) return `the frame at ${seconds(late[0])} was shown, expected none after ${seconds(most)}`;
  // The clock of the browser runs on for a moment when frames are out.
  if (currentTime > most + 0.5) return `stands at ${seconds(currentTime)}, expected ${seconds(most)} at most`;
  const count = Math.round(most * frameRate) + 2;
  const { totalVideoFrames: total } = quality;
  return total > count ? `${total} frames were decoded, expected ${count} at most` : null;
}

/** The clear lead was played, but for what a player that waits for more holds back. */
export function playsLead({ frames }, { clearLead }) {
  const last = frames.at(-1)?.[0] ?? 0;
  return last < clearLead - 1 ? `the last frame is at ${seconds(last)}, expected up to ${seconds(clearLead)}` : null;
}
