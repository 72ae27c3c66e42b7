// The licence server of the browser test. Run with `node --test`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, keysOf, readKeys, wrong } from './licence.mjs';

const FILE = `# two schemes
audio=0102030405060708090a0b0c0d0e0f10:000102030405060708090a0b0c0d0e0f
cenc/sd=fffefdfc-fbfa-f9f8-f7f6-f5f4f3f2f1f0:f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0
cbcs/sd=00000000000000000000000000000001:11111111111111111111111111111111:22222222222222222222222222222222
`;
const AUDIO = '0102030405060708090a0b0c0d0e0f10';

test('keys of a file are those of their scheme and label', () => {
  const keys = readKeys(FILE);
  assert.deepEqual(Object.keys(keysOf(keys, 'cenc')), [AUDIO, 'fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0']);
  assert.deepEqual(Object.keys(keysOf(keys, 'cbcs', ['sd'])), ['00000000000000000000000000000001']);
  assert.deepEqual(keysOf(keys, 'cbcs', ['hd']), {});
});

test('a line that is no key is refused without repeating it', () => {
  assert.throws(() => readKeys('audio=0102:000102030405060708090a0b0c0d0e0f'), /^Error: key 1: is no \[SCHEME/);
  assert.throws(() => readKeys('# text\nvideo=1:2'), /^Error: key 1/);
});

test('a wrong key has the KID of the right one, and no byte of its key', () => {
  assert.deepEqual(wrong({ [AUDIO]: '000102030405060708090a0b0c0d0e0f' }), {
    [AUDIO]: 'fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0',
  });
});

test('keys that are there are answered as JSON Web Keys, others are not', () => {
  const keys = keysOf(readKeys(FILE), 'cenc', ['audio']);
  const id = 'AQIDBAUGBwgJCgsMDQ4PEA';
  assert.deepEqual(answer(JSON.stringify({ kids: [id, 'AAAAAAAAAAAAAAAAAAAAAA'], type: 'temporary' }), keys), {
    kids: [AUDIO, '00000000000000000000000000000000'],
    status: 200,
    body: `{"keys":[{"kty":"oct","kid":"${id}","k":"AAECAwQFBgcICQoLDA0ODw"}],"type":"temporary"}`,
  });
  assert.equal(answer('{"kids":["AAAAAAAAAAAAAAAAAAAAAA"]}', keys).status, 403);
  for (const bad of ['', '{}', '{"kids":["AQID"]}', '{"kids":[null]}']) assert.equal(answer(bad, keys).status, 400, bad);
});
