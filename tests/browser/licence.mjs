// ClearKey: keys as `packager pack --key-file` reads them, and a licence server as the W3C's
// Encrypted Media Extensions describe it (section 9.1, JSON Web Keys).

/**
 * Keys of the lines `[SCHEME/]LABEL=KID:KEY[:IV]`: `{ scheme, label, kid, key }`, hexadecimal digits
 * in lower case; `scheme` null where none is said.
 */
export function readKeys(text) {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line, i) => {
    const match = /^(?:(cenc|cens|cbc1|cbcs)\/)?(all|audio|sd|hd|uhd1|uhd2)=([0-9a-f-]+):([0-9a-f]{32})(?::[0-9a-f]+)?$/i.exec(line);
    const kid = match?.[3].replaceAll('-', '').toLowerCase();
    // The line itself holds a secret.
    if (kid?.length !== 32) throw new Error(`key ${i + 1}: is no [SCHEME/]LABEL=KID:KEY[:IV]`);
    return { scheme: match[1] ?? null, label: match[2], kid, key: match[4].toLowerCase() };
  });
}

/** KID to key of these labels (null: all), for a manifest of this scheme. */
export function keysOf(keys, scheme, labels = null) {
  const chosen = keys.filter((key) => (key.scheme ?? scheme) === scheme && (labels ?? [key.label]).includes(key.label));
  return Object.fromEntries(chosen.map(({ kid, key }) => [kid, key]));
}

/** The same KIDs with other keys. */
export function wrong(keys) {
  const flip = (digit) => (15 - Number.parseInt(digit, 16)).toString(16);
  return Object.fromEntries(Object.entries(keys).map(([kid, key]) => [kid, key.replace(/./g, flip)]));
}

/**
 * What the server answers to a request of ClearKey's: `{ kids, status, body }` with the KIDs asked
 * for, in hexadecimal digits. 400: no such request; 403: it has none of the keys.
 */
export function answer(request, keys) {
  let ids;
  try {
    ids = JSON.parse(request).kids;
  } catch {
    ids = null;
  }
  if (!Array.isArray(ids) || !ids.every((id) => /^[\w-]{22}$/.test(id))) return { kids: [], status: 400, body: '' };
  const kids = ids.map((id) => Buffer.from(id, 'base64url').toString('hex'));
  const known = kids.map((kid, i) => ({ kid: ids[i], key: keys[kid] })).filter(({ key }) => key !== undefined);
  if (known.length === 0) return { kids, status: 403, body: '' };
  const set = known.map(({ kid, key }) => ({ kty: 'oct', kid, k: Buffer.from(key, 'hex').toString('base64url') }));
  return { kids, status: 200, body: JSON.stringify({ keys: set, type: 'temporary' }) };
}
