import type { Condition } from '../../spec/index.ts';
import type { Delivered } from './delivery.ts';
import type { EventNote } from './event-recorder.ts';
import type { Pruned } from './prune.ts';

/**
 * Events about what was applied.
 *
 * @param secrets names of those that were created
 * @param again whether this very tree was applied before, so that an object that was missing had been deleted
 */
export function newsOfDelivery(
  secrets: readonly string[],
  delivered: readonly Delivered[],
  again: boolean,
): readonly EventNote[] {
  const named = (did: Delivered['applied']['did']) =>
    delivered.filter(({ applied }) => applied.did === did).map(({ object }) => nameOf(object));
  const created = [...secrets.map((name) => `Secret ${name}`), ...named('created')];
  const updated = named('updated');
  return [
    ...(created.length === 0
      ? []
      : again
        ? [warning('Recreated', 'Create', `Created ${created.join(', ')} again after deletion`)]
        : [normal('Created', 'Create', `Created ${created.join(', ')}`)]),
    ...(updated.length === 0 ? [] : [normal('Updated', 'Apply', `Updated ${updated.join(', ')}`)]),
    ...delivered.flatMap(({ object, applied }) =>
      applied.did === 'restored'
        ? [warning('DriftReverted', 'Apply', `Reverted a change of ${nameOf(object)} by ${applied.from}`)]
        : [],
    ),
  ];
}

/** The event about copies that follow their sources. */
export function newsOfCopies(names: readonly string[]): readonly EventNote[] {
  if (names.length === 0) return [];
  const what = names.map((name) => `Secret ${name}`).join(', ');
  return [normal('SecretCopied', 'Copy', `Updated ${what}, whose source had changed`)];
}

/** Events about what left the tree. */
export function newsOfPruning(pruned: readonly Pruned[]): readonly EventNote[] {
  return pruned.map(({ kind, name, did }) =>
    did === 'deleted'
      ? normal('Pruned', 'Delete', `Deleted ${kind} ${name}, which left the environment`)
      : normal('Released', 'Release', `Released ${kind} ${name}, which outlives the environment`),
  );
}

/** The event about an environment whose time is over. */
export function newsOfExpiry(name: string): EventNote {
  return normal('Expired', 'Delete', `Deleted RealtimeEnvironment ${name}, whose lifecycle.ttl is over`);
}

/** Events about conditions that changed, where a person would want to know. */
export function newsOfConditions(
  name: string,
  changed: readonly Condition[],
  before: readonly Condition[],
): readonly EventNote[] {
  return changed.flatMap((condition): readonly EventNote[] => {
    const was = before.find(({ type }) => type === condition.type)?.status;
    const { type, status, reason, message } = condition;
    if (type === 'Ready' && status === 'True') {
      return [normal('Ready', 'Observe', `RealtimeEnvironment ${name} became ready`)];
    }
    if (type === 'Ready' && was === 'True' && reason !== 'Hibernated') {
      return [warning('NotReady', 'Observe', `RealtimeEnvironment ${name} stopped being ready: ${message}`)];
    }
    if (type === 'Hibernated' && status === 'True') {
      return [normal('Hibernated', 'Scale', `RealtimeEnvironment ${name} fell asleep: ${message}`)];
    }
    if (type === 'Hibernated' && was === 'True') {
      return [normal('Woken', 'Scale', `RealtimeEnvironment ${name} woke up`)];
    }
    if (type === 'Paused') return [normal(reason, 'Pause', `RealtimeEnvironment ${name}: ${message}`)];
    if (type === 'FieldsIgnored' && status === 'True') return [warning(type, 'Reconcile', message)];
    if (type === 'Degraded' && status === 'True') return [warning(reason, 'Reconcile', message)];
    if (type === 'Degraded' && was === 'True') {
      return [normal('Recovered', 'Reconcile', `RealtimeEnvironment ${name} recovered`)];
    }
    return [];
  });
}

function nameOf({ kind, metadata }: Delivered['object']): string {
  return `${kind} ${metadata.name}`;
}

function normal(reason: string, action: string, note: string): EventNote {
  return { type: 'Normal', reason, action, note };
}

function warning(reason: string, action: string, note: string): EventNote {
  return { type: 'Warning', reason, action, note };
}
