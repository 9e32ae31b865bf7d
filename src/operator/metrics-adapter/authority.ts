import { X509Certificate } from 'node:crypto';
import type { V1Secret } from '@kubernetes/client-node';
import { PART_OF, TIDEGATE } from '../../constructs/index.ts';
import type { Api } from '../api/api-client.ts';
import { isApiError } from '../api/api-error.ts';
import { pathOf, SECRET } from '../kinds.ts';
import { type Identity, newAuthority } from './certificate.ts';

/** Where an authority is kept. */
export interface AuthorityPlace {
  readonly namespace: string;
  /** Name of the Secret, and of the authority. */
  readonly name: string;
}

/** Of the time a certificate is good for, the part after which another takes its place. */
const RENEWED_AFTER = 2 / 3;

/**
 * The authority that all replicas have their certificates from: it is kept in a Secret, and made by who finds none, or one
 * that is soon over. Who loses the race takes the winner's.
 */
export async function ensureAuthority(api: Api, place: AuthorityPlace, now: Date): Promise<Identity> {
  const live = await read(api, place);
  const known = live === undefined ? undefined : identityOf(live);
  if (known !== undefined && !isDue(known, now)) return known;
  try {
    const made = newAuthority(place.name, now);
    await write(api, place, made, live?.metadata?.resourceVersion);
    return made;
  } catch (error) {
    const winner = isApiError(error, 409) ? await read(api, place) : undefined;
    const theirs = winner === undefined ? undefined : identityOf(winner);
    if (theirs === undefined) throw error;
    return theirs;
  }
}

/** Whether a certificate is to be replaced: most of its time is over, or it cannot be read. */
export function isDue({ certificate }: Pick<Identity, 'certificate'>, now: Date): boolean {
  try {
    const { validFromDate, validToDate } = new X509Certificate(certificate);
    const from = validFromDate.getTime();
    return now.getTime() > from + (validToDate.getTime() - from) * RENEWED_AFTER;
  } catch {
    return true;
  }
}

async function read(api: Api, { namespace, name }: AuthorityPlace): Promise<V1Secret | undefined> {
  try {
    return await api.json<V1Secret>({ path: pathOf(SECRET, namespace, name) });
  } catch (error) {
    if (isApiError(error, 404)) return undefined;
    throw error;
  }
}

/** Written over the version that was looked at, or where there was none. */
async function write(
  api: Api,
  { namespace, name }: AuthorityPlace,
  { certificate, key }: Identity,
  resourceVersion: string | undefined,
): Promise<void> {
  const { apiVersion, kind } = SECRET;
  const creates = resourceVersion === undefined;
  const labels = {
    'app.kubernetes.io/name': 'tidegate-metrics-adapter',
    [PART_OF]: TIDEGATE,
  };
  await api.json({
    method: creates ? 'POST' : 'PUT',
    path: creates ? pathOf(SECRET, namespace) : pathOf(SECRET, namespace, name),
    body: {
      apiVersion,
      kind,
      metadata: { name, namespace, labels, resourceVersion },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
  });
}

function identityOf({ data }: V1Secret): Identity | undefined {
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString();
  const [certificate, key] = [text('tls.crt'), text('tls.key')];
  return certificate === '' || key === '' ? undefined : { certificate, key };
}
