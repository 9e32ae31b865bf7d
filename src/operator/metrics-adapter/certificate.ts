import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { bits, bytes, integer, oid, sequence, set, tagged, text, time, truth } from './der.ts';

/** A certificate with its key, both as PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate says. */
interface Claims {
  readonly subject: string;
  readonly issuer: string;
  readonly from: Date;
  readonly until: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
}

export const DAY_MS = 86_400_000;
/** As long as that of a cluster made by kubeadm. */
const AUTHORITY_DAYS = 3_650;
const SERVING_DAYS = 365;
/** Clocks of two machines differ. */
const SKEW_MS = 300_000;

const OID = {
  commonName: '2.5.4.3',
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKey: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
};
const VERSION_3 = integer(Buffer.of(2));
const SIGNATURE = sequence(oid(OID.ecdsaWithSha256));

/** An authority that vouches for itself, and for servers. */
export function newAuthority(name: string, now: Date): Identity {
  const { publicKey, privateKey } = newKeys();
  const extensions = [
    extension(OID.basicConstraints, sequence(truth()), true),
    // keyCertSign alone: the sixth bit of eight, of which two are unused.
    extension(OID.keyUsage, bits(Buffer.of(0x04), 2), true),
    extension(OID.subjectKey, bytes(keyIdentifier(publicKey))),
  ];
  const claims = { subject: name, issuer: name, ...lasting(now, AUTHORITY_DAYS), publicKey, extensions };
  return { certificate: signed(claims, privateKey), key: pemOf(privateKey) };
}

/** A certificate of a server that goes by a DNS name. */
export function newServing(authority: Identity, issuer: string, dnsName: string, now: Date): Identity {
  const { publicKey, privateKey } = newKeys();
  const authorityKey = createPrivateKey(authority.key);
  const extensions = [
    extension(OID.basicConstraints, sequence(), true),
    extension(OID.keyUsage, bits(Buffer.of(0x80), 7), true),
    extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
    extension(OID.alternativeName, sequence(tagged(0x82, Buffer.from(dnsName)))),
    extension(OID.authorityKey, sequence(tagged(0x80, keyIdentifier(createPublicKey(authorityKey))))),
  ];
  // A common name holds 64 characters, and only the alternative name is looked at.
  const claims = { subject: 'server', issuer, ...lasting(now, SERVING_DAYS), publicKey, extensions };
  return { certificate: signed(claims, authorityKey), key: pemOf(privateKey) };
}

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function lasting(now: Date, days: number): Pick<Claims, 'from' | 'until'> {
  return { from: new Date(now.getTime() - SKEW_MS), until: new Date(now.getTime() + days * DAY_MS) };
}

/** @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function signed({ subject, issuer, from, until, publicKey, extensions }: Claims, key: KeyObject): string {
  const content = sequence(
    tagged(0xa0, VERSION_3),
    // Below 2^127, so that it is positive in any encoding.
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    SIGNATURE,
    named(issuer),
    sequence(time(from), time(until)),
    named(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(content, SIGNATURE, bits(sign('sha256', content, key)));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function keyIdentifier(key: KeyObject): Buffer {
  const content = key.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(content).digest().subarray(0, 20);
}

function named(commonName: string): Buffer {
  return sequence(set(sequence(oid(OID.commonName), text(commonName))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [truth()] : []), bytes(value));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
