// One face for three players. `create[name](video, captions, errors)` returns:
//
//   load(url, { bufferSeconds, start, text, licence })   resolves when the tracks are known
//                                   start: 'lowest' or 'highest'; text: a language or null;
//                                   licence: how keys of ClearKey are got, null where nothing is encrypted:
//                                   { url } a server, { keys } of KID to key, {} as the manifest says;
//                                   { ignoresManifest } and not, for Shaka Player
//   heights()                       what the player offers, in pixels
//   choose(height, 'smooth'|'now')  the rendition of all further segments; 'now' replaces what is buffered
//   audio(), chooseAudio(lang), text(), chooseText(lang)
//   stop()
//
// Automatic quality is off and no player may jump over holes in silence: both would hide what the
// test looks for.

'use strict';

function indexOf(start, renditions) {
  const heights = renditions.map(({ height }) => height);
  return heights.indexOf(Math[start === 'lowest' ? 'min' : 'max'](...heights));
}

/** Base64 of URLs, without padding, of hexadecimal digits. */
function base64Url(digits) {
  const bytes = digits.match(/../g).map((byte) => Number.parseInt(byte, 16));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
}

const CLEARKEY = 'org.w3.clearkey';

/** What hls.js is told of ClearKey. It takes keys from a server only. */
function hlsProtection(licence) {
  if (!licence) return {};
  // The box in an init segment says nothing of which key of several a playlist needs: ask for the playlist's.
  const generateRequest = (_type, _data, { decryptdata }) => {
    const digits = Array.from(decryptdata.keyId, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return {
      initDataType: 'keyids',
      initData: new TextEncoder().encode(JSON.stringify({ kids: [base64Url(digits)] })).buffer,
    };
  };
  return { emeEnabled: true, drmSystems: { [CLEARKEY]: { licenseUrl: licence.url, generateRequest } } };
}

/** What dash.js is told of ClearKey. */
function dashProtection(licence) {
  if (licence?.keys) {
    const pairs = Object.entries(licence.keys).map(([kid, key]) => [base64Url(kid), base64Url(key)]);
    return { [CLEARKEY]: { clearkeys: Object.fromEntries(pairs) } };
  }
  return licence?.url ? { [CLEARKEY]: { serverURL: licence.url } } : null;
}

/** What Shaka Player is told of ClearKey. */
function shakaProtection(licence) {
  const drm = {};
  if (licence?.keys) drm.clearKeys = licence.keys;
  else if (licence?.url) drm.servers = { [CLEARKEY]: licence.url };
  return { drm, manifest: { ignoreDrmInfo: licence?.ignoresManifest ?? false } };
}

window.create = {
  'hls.js': (video, _captions, errors) => {
    let hls;
    const event = (name) => new Promise((done) => hls.once(name, done));
    return {
      async load(url, { bufferSeconds, start, text, licence }) {
        hls = new Hls({
          autoStartLoad: false,
          backBufferLength: Infinity,
          maxBufferLength: bufferSeconds,
          maxMaxBufferLength: bufferSeconds,
          ...hlsProtection(licence),
        });
        hls.on(Hls.Events.ERROR, (_name, data) => {
          // A short stall is the machine's. A request given up and a segment loaded once more in
          // another rendition are the player's after a switch. Everything else is the package's.
          const { BUFFER_STALLED_ERROR, INTERNAL_ABORTED } = Hls.ErrorDetails;
          const harmless = [BUFFER_STALLED_ERROR, INTERNAL_ABORTED, 'bufferAppendNoProgress'];
          if (data.fatal || !harmless.includes(data.details)) {
            errors.push(`hls.js: ${data.type} ${data.details} ${data.error?.message ?? ''}`);
          }
        });
        const parsed = event(Hls.Events.MANIFEST_PARSED);
        hls.attachMedia(video);
        hls.loadSource(url);
        await parsed;
        hls.loadLevel = indexOf(start, hls.levels);
        hls.subtitleDisplay = true;
        hls.startLoad();
        if (text) this.chooseText(text);
      },
      heights: () => hls.levels.map((level) => level.height),
      choose(height, how) {
        const index = hls.levels.findIndex((level) => level.height === height);
        if (how === 'now') hls.currentLevel = index;
        else hls.loadLevel = index;
      },
      audio: () => hls.audioTracks.map((track) => track.lang),
      chooseAudio(lang) {
        hls.audioTrack = hls.audioTracks.findIndex((track) => track.lang === lang);
      },
      text: () => hls.subtitleTracks.map((track) => track.lang),
      chooseText(lang) {
        hls.subtitleTrack = hls.subtitleTracks.findIndex((track) => track.lang === lang);
      },
      stop: () => hls.destroy(),
    };
  },

  'dash.js': (video, captions, errors) => {
    const player = dashjs.MediaPlayer().create();
    return {
      async load(url, { bufferSeconds, start, text, licence }) {
        player.updateSettings({
          debug: { logLevel: dashjs.Debug.LOG_LEVEL_NONE },
          streaming: {
            abr: { autoSwitchBitrate: { audio: false, video: false } },
            buffer: {
              bufferTimeDefault: bufferSeconds,
              bufferTimeAtTopQuality: bufferSeconds,
              bufferTimeAtTopQualityLongForm: bufferSeconds,
              bufferToKeep: 1000,
              fastSwitchEnabled: false,
            },
            gaps: { jumpGaps: false },
            text: { defaultEnabled: true },
          },
        });
        const events = dashjs.MediaPlayer.events;
        for (const name of ['ERROR', 'PLAYBACK_ERROR']) {
          player.on(events[name], (event) => {
            errors.push(`dash.js: ${event.error?.code ?? ''} ${event.error?.message ?? event.type}`);
          });
        }
        const ready = new Promise((done) => player.on(events.STREAM_INITIALIZED, done));
        player.initialize(video, url, false);
        const protection = dashProtection(licence);
        if (protection) player.setProtectionData(protection);
        player.attachTTMLRenderingDiv(captions);
        await ready;
        const renditions = player.getRepresentationsByType('video');
        player.setRepresentationForTypeById('video', renditions[indexOf(start, renditions)].id);
        if (text) this.chooseText(text);
      },
      heights: () => player.getRepresentationsByType('video').map((one) => one.height),
      choose(height, how) {
        const one = player.getRepresentationsByType('video').find((each) => each.height === height);
        player.setRepresentationForTypeById('video', one.id, how === 'now');
      },
      audio: () => player.getTracksFor('audio').map((track) => track.lang),
      chooseAudio(lang) {
        player.setCurrentTrack(player.getTracksFor('audio').find((track) => track.lang === lang));
      },
      text: () => player.getTracksFor('text').map((track) => track.lang),
      chooseText(lang) {
        player.enableText(true);
        player.setTextTrack(player.getTracksFor('text').findIndex((track) => track.lang === lang));
      },
      stop: () => player.destroy(),
    };
  },

  shaka: (video, _captions, errors) => {
    shaka.polyfill.installAll();
    const player = new shaka.Player();
    const variants = () => player.getVariantTracks();
    return {
      async load(url, { bufferSeconds, start, text, licence }) {
        player.addEventListener('error', (event) => {
          errors.push(`shaka: code ${event.detail.code} ${event.detail.message ?? ''}`);
        });
        player.addEventListener('gapjumped', () => errors.push('shaka: jumped over a hole'));
        await player.attach(video);
        player.configure({
          abr: { enabled: false },
          // With HLS, text chosen later waits for the next video segment.
          preferredText: text ? [{ language: text }] : [],
          streaming: { bufferBehind: 1000, bufferingGoal: bufferSeconds },
        });
        player.configure(shakaProtection(licence));
        await player.load(url).catch(({ code, message }) => {
          throw new Error(`shaka: code ${code ?? ''} ${message ?? ''}`);
        });
        player.selectVariantTrack(variants()[indexOf(start, variants())], true);
        if (text) this.chooseText(text);
      },
      heights: () => [...new Set(variants().map((track) => track.height))],
      choose(height, how) {
        const language = variants().find((track) => track.active)?.language;
        const track =
          variants().find((each) => each.height === height && each.language === language) ??
          variants().find((each) => each.height === height);
        player.selectVariantTrack(track, how === 'now');
      },
      audio: () => [...new Set(variants().map((track) => track.language))],
      chooseAudio(lang) {
        player.selectAudioTrack(player.getAudioTracks().find((track) => track.language === lang));
      },
      text: () => player.getTextTracks().map((track) => track.language),
      chooseText(lang) {
        player.selectTextTrack(player.getTextTracks().find((track) => track.language === lang));
      },
      stop: () => player.destroy(),
    };
  },
};
