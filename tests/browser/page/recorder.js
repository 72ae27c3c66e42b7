// What the browser itself sees of a playback, whichever player drives it. Loaded before the player,
// so that every SourceBuffer passes through here.

'use strict';

window.recorder = (() => {
  const video = document.getElementById('video');
  const captions = document.getElementById('captions');
  const frames = []; // [mediaTime, height, text on screen]
  const events = []; // [name, currentTime]
  const errors = [];
  const sourceBuffers = []; // { mime, buffer, languages }
  const keys = {}; // KID in hexadecimal digits: last status

  for (const name of ['encrypted', 'ended', 'error', 'seeked', 'seeking', 'stalled', 'waiting', 'waitingforkey']) {
    video.addEventListener(name, () => events.push([name, video.currentTime]));
  }
  video.addEventListener('error', () => {
    errors.push(`media element: ${video.error?.code} ${video.error?.message}`);
  });
  window.addEventListener('error', (event) => errors.push(`script: ${event.message}`));
  window.addEventListener('unhandledrejection', (event) => errors.push(`promise: ${event.reason}`));

  const onFrame = (_now, metadata) => {
    frames.push([metadata.mediaTime, metadata.height, activeText()]);
    video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);

  const addSourceBuffer = MediaSource.prototype.addSourceBuffer;
  MediaSource.prototype.addSourceBuffer = function (mime) {
    const buffer = addSourceBuffer.call(this, mime);
    const record = { mime, buffer, languages: [] };
    sourceBuffers.push(record);
    buffer.addEventListener('error', () => errors.push(`source buffer ${mime}: error event`));
    const appendBuffer = buffer.appendBuffer;
    buffer.appendBuffer = function (data) {
      const language = languageOfInit(data);
      if (language) record.languages.push(language);
      return appendBuffer.call(this, data);
    };
    return buffer;
  };

  const { generateRequest } = MediaKeySession.prototype;
  MediaKeySession.prototype.generateRequest = function (...values) {
    this.addEventListener('keystatuseschange', () => {
      for (const [kid, status] of this.keyStatuses) keys[hexadecimal(kid)] = status;
    });
    return generateRequest.apply(this, values);
  };

  function hexadecimal(kid) {
    const bytes = ArrayBuffer.isView(kid) ? new Uint8Array(kid.buffer, kid.byteOffset, kid.byteLength) : new Uint8Array(kid);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /** `mdhd.language` of an appended initialisation segment, null for anything else. */
  function languageOfInit(data) {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    const type = [0x6d, 0x64, 0x68, 0x64];
    const end = Math.min(bytes.length - 40, 4096);
    for (let at = 4; at < end; at += 1) {
      if (!type.every((byte, i) => bytes[at + i] === byte)) continue;
      // 64-bit times in version 1.
      const language = at + (bytes[at + 4] === 1 ? 36 : 24);
      const packed = (bytes[language] << 8) | bytes[language + 1];
      return String.fromCharCode(...[10, 5, 0].map((shift) => ((packed >> shift) & 31) + 0x60));
    }
    return null;
  }

  /** The lines of every cue on screen now, as plain text; cues are parted by `|`. */
  function activeText() {
    const lines = [];
    for (const track of video.textTracks) {
      if (track.mode !== 'showing') continue;
      for (const cue of track.activeCues ?? []) {
        const text = cue.getCueAsHTML ? cue.getCueAsHTML().textContent : cue.text;
        if (text) lines.push(plain(text));
      }
    }
    // TTML is drawn into an element, not into a text track.
    const drawn = plain(captions.textContent);
    if (drawn && !lines.includes(drawn)) lines.push(drawn);
    return lines.join('|');
  }

  function plain(text) {
    return text.replace(/\s+/g, ' ').trim();
  }

  function ranges(buffered) {
    return Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]);
  }

  function attached(record) {
    // `buffered` throws once the media source let go of the buffer.
    try {
      return { mime: record.mime, buffered: ranges(record.buffer.buffered), languages: record.languages };
    } catch {
      return null;
    }
  }

  return {
    errors,
    /** A short state to poll. */
    state: () => ({
      buffered: ranges(video.buffered),
      currentTime: video.currentTime,
      duration: video.duration,
      ended: video.ended,
      errors,
      frame: frames.at(-1) ?? null,
      frames: frames.length,
      height: video.videoHeight,
      keys,
      paused: video.paused,
      seeking: video.seeking,
      text: activeText(),
      audioBytes: video.webkitAudioDecodedByteCount ?? null,
      audioLanguages: sourceBuffers.flatMap((record) => (/audio/.test(record.mime) ? record.languages : [])),
    }),
    /** Everything seen, for the checks and the report. */
    recording: () => ({
      frames,
      events,
      errors,
      keys,
      sourceBuffers: sourceBuffers.map(attached).filter((record) => record !== null),
      quality: (({ totalVideoFrames, droppedVideoFrames, corruptedVideoFrames }) => ({
        totalVideoFrames,
        droppedVideoFrames,
        corruptedVideoFrames,
      }))(video.getVideoPlaybackQuality()),
      currentTime: video.currentTime,
      duration: video.duration,
      ended: video.ended,
      size: [video.videoWidth, video.videoHeight],
    }),
  };
})();
