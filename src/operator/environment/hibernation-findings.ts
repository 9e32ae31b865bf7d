import type { Condition, Environment } from '../../spec/index.ts';
import type { Finding } from './conditions.ts';
import { type Hibernation, isAsleep } from './hibernation.ts';

const REASON = 'Hibernated';

/** What is found of an environment that may fall asleep, or sleeps: pods that are away on purpose are no trouble. */
export function hibernationFindings(
  environment: Environment,
  hibernation: Hibernation,
  found: readonly Finding[],
  before: readonly Condition[],
): readonly Finding[] {
  const { hibernate } = environment.spec.lifecycle;
  if (isAsleep(hibernation)) return [...found.map((one) => lying(environment, one)), sleeps(environment)];
  if (hibernate === undefined && !before.some(({ type }) => type === REASON)) return found;
  const message =
    hibernate === undefined
      ? 'It does not fall asleep'
      : `It falls asleep when no client has been connected for ${hibernate.after}`;
  return [...found, { type: REASON, status: 'False', reason: 'Awake', message }];
}

function sleeps({ metadata: { name, namespace }, spec }: Environment): Finding {
  const idle = `No client was connected for ${spec.lifecycle.hibernate?.after}`;
  const message = `${idle}; tidegate wake ${name} --namespace ${namespace} wakes it`;
  return { type: REASON, status: 'True', reason: 'Idle', message };
}

function lying({ spec }: Environment, finding: Finding): Finding {
  const isOwn = {
    DatabaseReady: !spec.postgres.external,
    CacheReady: !spec.redis.external && !spec.redis.inProcess,
  };
  switch (finding.type) {
    case 'Ready':
    case 'Progressing':
      return { ...finding, status: 'False', reason: REASON, message: 'It is asleep, and its data is kept' };
    case 'DatabaseReady':
    case 'CacheReady':
      return isOwn[finding.type]
        ? { ...finding, status: 'False', reason: REASON, message: 'It is asleep, and its data is kept' }
        : finding;
    default:
      return finding;
  }
}
