import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../../cluster/command.ts';

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority that signs certificates, as an issuer of cert-manager does. */
export class Authority {
  readonly #directory = mkdtempSync(join(tmpdir(), 'tidegate-authority-'));

  static async create(): Promise<Authority> {
    const authority = new Authority();
    const [key, certificate] = authority.#files('ca');
    await command('openssl', [
      'req',
      '-x509',
      ...KEY,
      '-keyout',
      key,
      '-out',
      certificate,
      '-subj',
      '/CN=tests',
    ]);
    return authority;
  }

  /** What the Secret of a new certificate for the names holds. */
  async issue(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const [key, certificate] = this.#files('server');
    const [caKey, ca] = this.#files('ca');
    const subject = [
      '-subj',
      '/CN=redis',
      '-addext',
      `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
    ];
    const signed = ['-CA', ca, '-CAkey', caKey, '-keyout', key, '-out', certificate, '-days', '2'];
    await command('openssl', ['req', '-x509', ...KEY, ...signed, ...subject]);
    return { 'tls.crt': read(certificate), 'tls.key': read(key), 'ca.crt': read(ca) };
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  #files(name: string): readonly [string, string] {
    return [join(this.#directory, `${name}.key`), join(this.#directory, `${name}.crt`)];
  }
}

const read = (file: string) => readFileSync(file, 'utf8');
