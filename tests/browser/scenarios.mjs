// What is done with each player. A scenario gets a `Session` on a fresh page with the package loaded
// and returns its findings: `[name of the check, null or what is wrong]`.

import * as checks from './checks.mjs';

/**
 * On top of the duration of the title. Generous, because the machine may be busy; nothing waits this
 * long unless something is wrong.
 */
const PATIENCE_MS = 60_000;
/** Nothing moves for so long: the playback has stopped, with an error or without. */
const STILL_MS = 3_000;
const STILL_AFTER_ERROR_MS = 1_000;

/** Talks to the test page. */
export class Session {
  constructor(page, expected, log) {
    this.page = page;
    this.log = log;
    this.expected = expected;
  }

  /** Calls a method of the player's adapter, see `page/adapters.js`. */
  call(method, ...args) {
    return this.page.evaluate(([name, values]) => window.adapter[name](...values), [method, args]);
  }

  state() {
    return this.page.evaluate(() => window.recorder.state());
  }

  recording() {
    return this.page.evaluate(() => window.recorder.recording());
  }

  play(rate) {
    return this.page.evaluate(async (value) => {
      const video = document.getElementById('video');
      video.playbackRate = value;
      await video.play();
    }, rate);
  }

  pause() {
    return this.page.evaluate(() => document.getElementById('video').pause());
  }

  /** Moves the position and waits for the browser to be there. */
  async seek(time) {
    await this.page.evaluate((to) => {
      document.getElementById('video').currentTime = to;
    }, time);
    await this.until(`the seek to ${time} s is done`, (state) => !state.seeking);
  }

  /** Waits until the player has stopped asking for files: it holds what it wants. */
  async quiet() {
    for (let seen = -1; seen !== this.log.length; ) {
      seen = this.log.length;
      await new Promise((wake) => setTimeout(wake, 500));
    }
  }

  /** Plays on for a moment; time must pass at about the speed of the clock, never backwards. */
  async playOn(from) {
    await this.play(1);
    const { currentTime } = await this.until(`plays on from ${from} s`, (state) => {
      return state.currentTime > from + 0.4 || state.ended;
    });
    await this.pause();
    return currentTime > from + 5 ? `jumped from ${from} s to ${currentTime} s` : null;
  }

  /** Seeks, waits for the frame of that time, and plays on. */
  async seekAndPlayOn(time) {
    await this.seek(time);
    const { frame } = await this.until(`the frame at ${time} s is shown`, (state) => {
      return state.frame && Math.abs(state.frame[0] - time) < 1.5 / this.expected.frameRate;
    });
    return frame[0] > time + 0.002 ? `shows the frame at ${frame[0]} s` : this.playOn(time);
  }

  /** Polls the state until `done` holds; throws with `what` and the state when patience ends. */
  async until(what, done) {
    const patience = PATIENCE_MS + 1000 * this.expected.duration;
    const deadline = Date.now() + patience;
    for (;;) {
      const state = await this.state();
      if (done(state)) return state;
      if (state.errors.length > 0) throw new Error(`${what}: ${state.errors.join('; ')}`);
      if (Date.now() > deadline) {
        const { errors: _, frame, ...rest } = state;
        throw new Error(`${what}: not within ${patience / 1000} s: ${JSON.stringify({ ...rest, frame })}`);
      }
      await new Promise((wake) => setTimeout(wake, 40));
    }
  }
}

/** One playback at double speed, subtitles shown, to another rendition whenever the last one appeared. */
export async function through(session) {
  const { subtitles } = session.expected;
  const findings = [
    ['offers every rendition', checks.sameSet('heights', await session.call('heights'), session.expected.heights)],
    ['offers every audio language', sameLanguages('audio', await session.call('audio'), session.expected.audio)],
    ['offers every subtitle language', sameLanguages('subtitles', await session.call('text'), subtitles)],
  ];
  await session.quiet();
  const rate = 2;
  await playThroughHeights(session, rate);
  const recording = await session.recording();
  findings.push(...playedThrough(recording, session.expected));
  if (subtitles.length > 0) {
    const tolerance = 0.1 + 0.25 * rate;
    findings.push(['subtitles show at their times', checks.cuesShown(recording, { cues: subtitles[0].cues, tolerance })]);
  }
  return findings;
}

/** Plays to the end, to another rendition whenever the last one appeared. */
async function playThroughHeights(session, rate) {
  const { heights } = session.expected;
  await session.play(rate);
  // Lowest, highest, then the others: the largest change first.
  const order = [...heights.slice(1).reverse(), ...heights];
  let wanted = heights[0];
  await session.until('plays to the end', ({ ended, height }) => {
    if (height === wanted && order.length > 0 && heights.length > 1) {
      wanted = order.shift();
      session.call('choose', wanted, 'smooth').catch(() => {});
    }
    return ended;
  });
}

/** What must be true after `playThroughHeights`. */
function playedThrough(recording, expected) {
  const { heights, duration } = expected;
  // A switch shows after what is buffered, some 6 s here.
  const atLeast = Math.min(heights.length, 1 + Math.floor(duration / 8));
  return [
    ['no errors', checks.noErrors(recording)],
    ['ends at the duration', checks.endedAtDuration(recording, expected)],
    ['switches rendition without a break', checks.heightsSeen(recording, { heights, atLeast })],
    ['frames are continuous', checks.framesAreContinuous(recording, expected)],
    ['every frame is decoded once', checks.decodedFrames(recording, expected)],
    ['nobody seeks', checks.nobodySeeked(recording)],
  ];
}

/** One playback at four times the speed, to another rendition, and so another key, whenever the last one appeared. */
export async function switches(session) {
  const offered = await session.call('heights');
  await session.quiet();
  await playThroughHeights(session, 4);
  const recording = await session.recording();
  return [
    ['offers every rendition', checks.sameSet('heights', offered, session.expected.heights)],
    // A busy machine may show nothing for a second, which is four of the title.
    ...playedThrough(recording, { ...session.expected, gap: 4 }),
  ];
}

/** Over the end of the clear lead in both directions, by seeks and by playing. */
export async function lead(session) {
  const { clearLead } = session.expected;
  const findings = [];
  const attempt = attempts(findings);
  // Playing comes first: after some seeks dash.js may leave a hole at the end of what was buffered
  // before, encrypted or not.
  await attempt('plays over the end of the clear lead', async () => {
    await session.seek(clearLead - 0.7);
    await session.play(1);
    await session.until('the encrypted frame is shown', ({ frame }) => frame?.[0] > clearLead + 0.3 && frame[0] < clearLead + 2);
    await session.pause();
  });
  for (const time of [clearLead + 7, 0.5, clearLead, clearLead + 3.3, clearLead - 2]) {
    await attempt(`seeks to ${time.toFixed(2)} s and plays on`, () => session.seekAndPlayOn(time));
  }
  findings.push(['no errors', checks.noErrors(await session.recording())]);
  return findings;
}

/** Without the keys: the clear lead plays, and nothing else. */
export async function locked(session) {
  await stopped(session);
  const recording = await session.recording();
  return [
    ['plays nothing encrypted', checks.stopsAfterLead(recording, { ...session.expected, slack: 0 })],
    ['plays the clear lead', checks.playsLead(recording, session.expected)],
  ];
}

/** With keys that are wrong: a decoder may swallow a few frames of noise. */
export async function wrongKeys(session) {
  await stopped(session);
  const recording = await session.recording();
  return [
    ['plays nothing encrypted', checks.stopsAfterLead(recording, { ...session.expected, slack: 0.5 })],
    ['the decoder objects', recording.errors.length > 0 ? null : 'no error was reported'],
  ];
}

/** Plays until nothing moves for a while, or the end. */
async function stopped(session) {
  // Players that gave up may reject it, and one without data does not settle it.
  session.play(4).catch(() => {});
  for (let last = null, since = 0; ; ) {
    const { currentTime, ended, errors, frames } = await session.state();
    const now = `${currentTime} ${frames}`;
    if (now !== last) since = Date.now();
    last = now;
    if (ended || Date.now() - since > (errors.length > 0 ? STILL_AFTER_ERROR_MS : STILL_MS)) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** Adds what each attempt comes to, or why it failed, to `findings`. */
function attempts(findings) {
  return async (name, steps) => {
    findings.push([name, await steps().then((wrong) => wrong ?? null, (error) => error.message)]);
  };
}

/** The best rendition alone at four times the speed, everything kept in the buffers. */
export async function whole(session) {
  const { heights } = session.expected;
  await session.quiet();
  await session.play(4);
  await session.until('plays to the end', ({ ended }) => ended);
  const recording = await session.recording();
  return [
    ['no errors', checks.noErrors(recording)],
    ['shows the best rendition alone', checks.heightsSeen(recording, { heights: heights.slice(-1), atLeast: 1 })],
    ['ends at the duration', checks.endedAtDuration(recording, session.expected)],
    ['buffers hold one range without holes', checks.bufferedWhole(recording, session.expected)],
    ['nobody seeks', checks.nobodySeeked(recording)],
  ];
}

/** Seeks, every rendition by force, every language. */
export async function controls(session) {
  const { duration, heights, audio, subtitles } = session.expected;
  const findings = [];
  const attempt = attempts(findings);
  // Forward past what is buffered, back, onto a segment boundary, near the end.
  for (const time of [0.66 * duration, 0.21 * duration, 0.4 * duration, duration - 1.2]) {
    await attempt(`seeks to ${time.toFixed(2)} s and plays on`, () => session.seekAndPlayOn(time));
  }

  for (const height of [...heights].reverse()) {
    await attempt(`changes to ${height} lines at once`, async () => {
      const at = 0.3 * duration;
      await session.seek(at);
      await session.call('choose', height, 'now');
      // Some players show the new rendition only while playing.
      await session.play(1);
      await session.until(`video.videoHeight becomes ${height}`, (state) => state.height === height);
      return session.playOn((await session.state()).currentTime);
    });
  }

  // The last first, so that each choice is a change.
  for (const { lang, mdhd } of [...audio].reverse()) {
    await attempt(`changes to the audio language ${lang}`, async () => {
      await session.seek(0.45 * duration);
      const before = await session.state();
      await session.call('chooseAudio', lang);
      await session.play(1);
      const after = await session.until(`audio in ${lang} is decoded`, (state) => {
        const appended = state.audioLanguages.length > before.audioLanguages.length || audio.length === 1;
        return appended && state.audioBytes > before.audioBytes;
      });
      const appended = after.audioLanguages.at(-1);
      if (mdhd && appended !== mdhd) return `the audio appended last is marked ${appended}, expected ${mdhd}`;
      return session.playOn(after.currentTime);
    });
  }

  for (const { lang, cues } of [...subtitles].reverse()) {
    await attempt(`shows the subtitles in ${lang}`, async () => {
      // Players read new text as the playback goes on, and from segments that follow; Shaka Player
      // loses it when the position moves while its first segment is on the way.
      const [first] = cues;
      await session.seek(first.start);
      await session.call('chooseText', lang);
      await session.play(0.5);
      await session.until(`"${first.text}" is shown`, (state) => state.text === first.text);
      await session.pause();
      for (const { start, end, text } of cues) {
        await session.quiet();
        await session.seek((start + end) / 2);
        await session.until(`"${text}" is shown`, (state) => state.text === text);
      }
      return null;
    });
  }

  const recording = await session.recording();
  findings.push(['no errors', checks.noErrors(recording)]);
  return findings;
}

function sameLanguages(what, offered, expected) {
  return checks.sameSet(what, offered, expected.map(({ lang }) => lang));
}
