import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { date, property, assert as propertyHolds, stringMatching } from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isDue } from '../../../../src/operator/metrics-adapter/authority.ts';
import { DAY_MS, newAuthority, newServing } from '../../../../src/operator/metrics-adapter/certificate.ts';
import { command } from '../../../cluster/command.ts';

const NAME = 'tidegate-metrics-adapter.tidegate.svc';
const now = new Date('2026-03-01T12:00:00.250Z');
const directory = mkdtempSync(join(tmpdir(), 'tidegate-certificates-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('GIVEN an authority and a certificate of its for a server', () => {
  const authority = newAuthority('tidegate-metrics-adapter', now);
  const serving = newServing(authority, 'tidegate-metrics-adapter', NAME, now);

  it('WHEN OpenSSL judges them strictly THEN the server may serve under that name, and no other', async () => {
    const [ca, leaf] = [join(directory, 'ca.pem'), join(directory, 'leaf.pem')];
    writeFileSync(ca, authority.certificate);
    writeFileSync(leaf, serving.certificate);
    const at = String(now.getTime() / 1_000).split('.')[0] ?? '';
    const verify = (host: string) =>
      command('openssl', [
        ...['verify', '-x509_strict', '-purpose', 'sslserver', '-attime', at],
        ...['-verify_hostname', host, '-CAfile', ca, leaf],
      ]);
    expect(await verify(NAME)).toBe(`${leaf}: OK\n`);
    await expect(verify('kubernetes.default.svc')).rejects.toThrow('hostname mismatch');
  });

  it('WHEN they are read THEN they say how long they are good for', () => {
    const { validFrom, validTo, ca } = new X509Certificate(serving.certificate);
    expect({ validFrom, validTo, ca }).toEqual({
      validFrom: 'Mar  1 11:55:00 2026 GMT',
      validTo: 'Mar  1 12:00:00 2027 GMT',
      ca: false,
    });
    expect(new X509Certificate(authority.certificate).validTo).toBe('Feb 27 12:00:00 2036 GMT');
  });

  it('WHEN two thirds of the time are over THEN another is due', () => {
    expect(isDue(serving, new Date(now.getTime() + 243 * DAY_MS))).toBe(false);
    expect(isDue(serving, new Date(now.getTime() + 244 * DAY_MS))).toBe(true);
    expect(isDue({ certificate: 'no certificate' }, now)).toBe(true);
  });
});

describe('GIVEN any time and any name', () => {
  it('WHEN certificates are made THEN they are read as they were meant', () => {
    const when = date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
    const label = stringMatching(/^[a-z][a-z0-9-]{0,60}[a-z0-9]$/);
    propertyHolds(
      property(when, label, (at, name) => {
        const authority = newAuthority(name, at);
        const { certificate } = newServing(authority, name, `${name}.default.svc`, at);
        const [leaf, root] = [new X509Certificate(certificate), new X509Certificate(authority.certificate)];
        expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
        expect(leaf.subjectAltName).toBe(`DNS:${name}.default.svc`);
        expect(leaf.validToDate.getTime()).toBe(Math.floor((at.getTime() + 365 * DAY_MS) / 1_000) * 1_000);
      }),
      { numRuns: 50 },
    );
  });
});
