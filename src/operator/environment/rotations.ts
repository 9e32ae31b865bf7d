import {
  DEFAULT_OVERLAP,
  decoded,
  type Environment,
  enterPhase,
  type GeneratedRequirement,
  isGenerated,
  isRotated,
  lastPhase,
  type NextPhase,
  nextPhase,
  type RotationPhase,
  readCredentials,
  rotationRequest,
  secretData,
  secretRequirements,
} from '../../spec/index.ts';
import type { Api } from '../api/api-client.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { otherOwner } from './ownership.ts';
import { rotationMarks, rotationState } from './secret-marks.ts';
import type { SecretStore } from './secret-store.ts';

/** One credential that rotates, and where it is. */
export interface RotationReport extends Pick<GeneratedRequirement, 'role' | 'name'> {
  readonly phase: RotationPhase;
  readonly next: NextPhase | undefined;
  /** Whether it has just entered the phase. */
  readonly entered: boolean;
  /** Why it does not go on though it is due, in a sentence without its full stop. */
  readonly held?: string;
}

/**
 * Rotates credentials, a phase at a time. All state is in the Secret itself, and each phase begins with one write of it: who
 * stops in between, or takes over, goes on from there.
 */
export class Rotations {
  readonly #secrets: SecretStore;
  readonly #now: () => number;

  constructor(secrets: SecretStore, now: () => number) {
    this.#secrets = secrets;
    this.#now = now;
  }

  /** @param unsettled why not all pods may read what the tree says, if that is so: then no new credential gets nearer to use */
  async advance(
    api: Api,
    environment: Environment,
    owner: KubeObject,
    unsettled: string | undefined,
  ): Promise<readonly RotationReport[]> {
    const generated = secretRequirements(environment).filter(isGenerated);
    const reports = await Promise.all(
      generated.map((requirement) => this.#advance(api, environment, owner, requirement, unsettled)),
    );
    return reports.filter((report) => report !== undefined);
  }

  async #advance(
    api: Api,
    { metadata }: Environment,
    owner: KubeObject,
    requirement: GeneratedRequirement,
    unsettled: string | undefined,
  ): Promise<RotationReport | undefined> {
    const { role, name } = requirement;
    const place = { name, namespace: metadata.namespace };
    const request = rotationRequest(metadata.annotations ?? {}, role);
    const nextOf = ({ metadata }: KubeObject) =>
      isRotated(requirement)
        ? nextPhase(rotationState(metadata), requirement.generated.rotate, request)
        : lastPhase(rotationState(metadata));
    const report = (secret: KubeObject, more: Partial<RotationReport> = {}): RotationReport => ({
      role,
      name,
      phase: rotationState(secret.metadata).phase,
      next: nextOf(secret),
      entered: false,
      ...more,
    });
    const isDue = (next: NextPhase | undefined) => next !== undefined && next.at <= this.#now();
    const known = this.#secrets.known(place);
    if (known === undefined) return undefined;
    if (!isRotated(requirement) && nextOf(known) === undefined) return undefined;
    if (!isDue(nextOf(known))) return report(known);
    const live = await this.#secrets.read(api, place);
    if (live === undefined) return undefined;
    // The cache may be behind.
    const next = nextOf(live);
    if (next === undefined || !isDue(next)) return report(live);
    const stranger = otherOwner(live, owner);
    if (stranger !== undefined) return report(live, { held: `it belongs to ${stranger}` });
    // What is over is over, however the pods are.
    if (unsettled !== undefined && next.phase !== 'Settled') return report(live, { held: unsettled });
    const before = readCredentials(requirement, decoded(live));
    // One that was made by hand: who knows nothing must not be let in by the hash of nothing.
    if (before === undefined) return report(live, { held: `Secret ${name} holds no credential` });
    const credentials = enterPhase(next.phase, requirement, before);
    const since = this.#now();
    const last = next.phase === 'Prepared' ? { began: since, request } : rotationState(live.metadata);
    const marks = rotationMarks({ ...last, phase: next.phase, since });
    // Keys of one that rotated stay true for pods that still read them.
    const rotated = { ...requirement, generated: { rotate: { overlap: DEFAULT_OVERLAP } } };
    const data = secretData(rotated, credentials);
    const changed = await this.#secrets.change(api, live, data, marks);
    return report(changed, { entered: true });
  }
}
