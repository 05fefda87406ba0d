/** A certificate for 127.0.0.1 and localhost that vouches for itself, and its key, as PEM. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate (X.509 version 3, ECDSA on P-256) that is good for an hour. DER is written by hand, as X.690 says. */
export async function selfSigned(): Promise<SelfSigned> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const signatureAlgorithm = sequence(objectId(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)); // ecdsa-with-SHA256
  const commonName = sequence(
    objectId(0x55, 0x04, 0x03),
    der(UTF8_STRING, new TextEncoder().encode("VaeRANS tests")),
  );
  const name = sequence(der(SET, commonName));
  const now = Date.now(), minute = 60_000;
  const address = der(CONTEXT | 7, Uint8Array.of(127, 0, 0, 1)); // iPAddress
  const localName = der(CONTEXT | 2, new TextEncoder().encode("localhost")); // dNSName, as NATS's client calls 127.0.0.1
  const names = sequence(address, localName);
  const alternativeName = sequence(objectId(0x55, 0x1d, 0x11), der(OCTET_STRING, names));
  const content = sequence(
    der(CONSTRUCTED_CONTEXT | 0, integer(Uint8Array.of(2))), // version 3
    integer(crypto.getRandomValues(new Uint8Array(8))),
    signatureAlgorithm,
    name, // the issuer
    sequence(time(now - minute), time(now + 60 * minute)),
    name, // the subject
    new Uint8Array(await crypto.subtle.exportKey("spki", publicKey)),
    der(CONSTRUCTED_CONTEXT | 3, sequence(alternativeName)),
  );
  const signature = new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, content));
  const points = sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
  const certificate = sequence(content, signatureAlgorithm, der(BIT_STRING, Uint8Array.of(0, ...points)));
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  return { cert: pem("CERTIFICATE", certificate), key: pem("PRIVATE KEY", key) };
}

const INTEGER = 0x02, BIT_STRING = 0x03, OCTET_STRING = 0x04, OBJECT_ID = 0x06, UTF8_STRING = 0x0c;
const UTC_TIME = 0x17, SEQUENCE = 0x30, SET = 0x31, CONTEXT = 0x80, CONSTRUCTED_CONTEXT = 0xa0;

type Bytes = Uint8Array<ArrayBuffer>;

/** Tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = parts.flatMap((part) => [...part]), { length } = content;
  const lengthBytes = length < 128
    ? [length]
    : length < 256
    ? [0x81, length]
    : [0x82, length >> 8, length & 255];
  return Uint8Array.of(tag, ...lengthBytes, ...content);
}

function sequence(...parts: readonly Uint8Array[]): Bytes {
  return der(SEQUENCE, ...parts);
}

function objectId(...bytes: readonly number[]): Bytes {
  return der(OBJECT_ID, Uint8Array.from(bytes));
}

/** A positive number, big-endian: no zeros in front but one that keeps it positive. */
function integer(bytes: Uint8Array): Bytes {
  const first = bytes.findIndex((byte) => byte !== 0);
  const rest = first < 0 ? Uint8Array.of(0) : bytes.subarray(first);
  return der(INTEGER, rest[0] > 127 ? Uint8Array.of(0, ...rest) : rest);
}

/** To the second: YYMMDDhhmmssZ. */
function time(milliseconds: number): Bytes {
  const text = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, "").slice(2);
  return der(UTC_TIME, new TextEncoder().encode(text));
}

function pem(label: string, bytes: Bytes): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
