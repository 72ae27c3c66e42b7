#!/usr/bin/env bash
# Makes the encrypted documents of the tests with the openssl program: what we open was not closed by us.
#
# usage: make.sh     Writes beside itself: documents, and the RSA keys that open them, which are for tests alone and new each time.
# The values that the documents hold are fixed: key 1 c0ffee00c0ffee11c0ffee22c0ffee33, key 2 0badcafe0badcafe0badcafe0badcafe.
set -euo pipefail
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

kid1=11111111-1111-4111-8111-111111111111 key1=c0ffee00c0ffee11c0ffee22c0ffee33
kid2=22222222-2222-4222-8222-222222222222 key2=0badcafe0badcafe0badcafe0badcafe

for name in recipient stranger; do
  openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$name.pem"
  openssl pkey -in "$name.pem" -pubout -out "$tmp/$name.pub"
done
openssl rsa -in recipient.pem -traditional -out recipient_pkcs1.pem 2>/dev/null

b64() { openssl base64 -A; }
hex() { printf '%s' "$1" | xxd -r -p; }
mac() { openssl dgst "-$2" -mac HMAC -macopt "hexkey:$1" -binary | b64; } # key, hash
oaep() { # recipient, label hash, mask hash
  openssl pkeyutl -encrypt -pubin -inkey "$tmp/$1.pub" -pkeyopt rsa_padding_mode:oaep -pkeyopt "rsa_oaep_md:$2" \
    -pkeyopt "rsa_mgf1_md:$3" | b64
}
cbc() { # document key, content key
  local iv
  iv=$(openssl rand -hex 16)
  { hex "$iv"; hex "$2" | openssl enc "-aes-$((${#1} * 4))-cbc" -K "$1" -iv "$iv"; } | b64
}
wrap() { hex "$2" | openssl enc "-id-aes$((${#1} * 4))-wrap" -K "$1" -iv a6a6a6a6a6a6a6a6 | b64; } # document key, content key
value() { # element, method, cipher, mac
  printf '<pskc:%s><enc:EncryptionMethod %s</enc:EncryptionMethod><enc:CipherData><enc:CipherValue>%s</enc:CipherValue></enc:CipherData></pskc:%s>%s' \
    "$1" "$2" "$3" "$1" "${4:+<pskc:ValueMAC>$4</pskc:ValueMAC>}"
}
content() { # kid, method, cipher, mac
  printf '  <ContentKey kid="%s"><Data><pskc:Secret>%s</pskc:Secret></Data></ContentKey>\n' "$1" "$(value EncryptedValue "$2" "$3" "$4")"
}
delivery() { # oaep method, document key cipher, mac uri, mac key cipher
  printf '  <DeliveryData><DeliveryKey/><DocumentKey><Data><pskc:Secret>%s</pskc:Secret></Data></DocumentKey>\n' \
    "$(value EncryptedValue "$1" "$2" "")"
  printf '    <MACMethod Algorithm="%s">%s</MACMethod></DeliveryData>\n' "$3" "$(value MACKey "$1" "$4" "")"
}
document() { # deliveries, contents
  printf '<?xml version="1.0" encoding="UTF-8"?>\n<CPIX xmlns="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" '
  printf 'xmlns:enc="http://www.w3.org/2001/04/xmlenc#" xmlns:enc11="http://www.w3.org/2009/xmlenc11#">\n'
  printf '<DeliveryDataList>\n%s\n</DeliveryDataList>\n<ContentKeyList>\n%s\n</ContentKeyList>\n' "$1" "$2"
  printf '<ContentKeyUsageRuleList><ContentKeyUsageRule kid="%s" intendedTrackType="SD"/>' "$kid1"
  printf '<ContentKeyUsageRule kid="%s" intendedTrackType="AUDIO"/></ContentKeyUsageRuleList>\n</CPIX>\n' "$kid2"
}

more=http://www.w3.org/2001/04/xmldsig-more enc=http://www.w3.org/2001/04/xmlenc enc11=http://www.w3.org/2009/xmlenc11
mgf1p="Algorithm=\"$enc#rsa-oaep-mgf1p\">"
sha256="Algorithm=\"$enc11#rsa-oaep\"><enc11:MGF Algorithm=\"$enc11#mgf1sha256\"/><ds:DigestMethod xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Algorithm=\"$enc#sha256\"/>"

# As CPIX asks for: AES-256-CBC, HMAC-SHA512, RSA-OAEP with SHA-1; for two recipients, ours second.
dek=$(openssl rand -hex 32) mk=$(openssl rand -hex 64)
one=$(cbc "$dek" $key1) two=$(cbc "$dek" $key2)
for name in stranger recipient; do
  delivery "$mgf1p" "$(hex "$dek" | oaep $name sha1 sha1)" "$more#hmac-sha512" "$(hex "$mk" | oaep $name sha1 sha1)"
done >"$tmp/deliveries"
document "$(cat "$tmp/deliveries")" "$(
  content $kid1 "Algorithm=\"$enc#aes256-cbc\">" "$one" "$(base64 -d <<<"$one" | mac "$mk" sha512)"
  content $kid2 "Algorithm=\"$enc#aes256-cbc\">" "$two" "$(base64 -d <<<"$two" | mac "$mk" sha512)"
)" >cbc.xml

# Keys wrapped as in RFC 3394, HMAC-SHA256, RSA-OAEP with SHA-256.
dek=$(openssl rand -hex 16) mk=$(openssl rand -hex 32)
one=$(wrap "$dek" $key1) two=$(wrap "$dek" $key2)
document "$(delivery "$sha256" "$(hex "$dek" | oaep recipient sha256 sha256)" "$more#hmac-sha256" "$(hex "$mk" | oaep recipient sha256 sha256)")" "$(
  content $kid1 "Algorithm=\"$enc#kw-aes128\">" "$one" "$(base64 -d <<<"$one" | mac "$mk" sha256)"
  content $kid2 "Algorithm=\"$enc#kw-aes128\">" "$two" "$(base64 -d <<<"$two" | mac "$mk" sha256)"
)" >wrap.xml
