import { type Extension, treeKinds } from '../constructs/index.ts';
import { API_GROUP, PLURAL } from '../spec/index.ts';
import { POD } from './connections/server-pods.ts';
import { EVENT, groupOf, type Kind, SECRET } from './kinds.ts';

/** One rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * What the operator may do, and no more: read environments, write their status and delete those whose time is over, care for the kinds of the tree, read
 * Secrets, create those of environments and rotate them (never delete one), write Events, say which pods are to go first. Leases are apart: they are in one
 * namespace.
 *
 * @param extension whose kinds it cares for too
 */
export function operatorRules(extension: Extension = {}): readonly PolicyRule[] {
  return [
    rule(API_GROUP, [PLURAL], ['get', 'list', 'watch', 'delete']),
    rule(API_GROUP, [`${PLURAL}/status`], ['get', 'patch']),
    // Asked for by clusters that check who may set blockOwnerDeletion.
    rule(API_GROUP, [`${PLURAL}/finalizers`], ['update']),
    ...kindRules(treeKinds(extension)),
    // What wakes and falls asleep has no autoscaler meanwhile.
    rule('apps', ['deployments/scale'], ['patch']),
    rule(groupOf(SECRET), [SECRET.plural], ['get', 'list', 'watch', 'create', 'patch']),
    rule(groupOf(EVENT), [EVENT.plural], ['create', 'patch']),
    // Which pods hold the fewest connections, before some are taken away.
    rule(groupOf(POD), [POD.plural], ['list', 'patch']),
  ];
}

/** What caring for kinds takes: finding, applying and deleting their objects. */
export function kindRules(kinds: readonly Kind[]): readonly PolicyRule[] {
  const groups = Map.groupBy(kinds, groupOf);
  return [...groups].map(([group, members]) =>
    rule(
      group,
      members.map(({ plural }) => plural),
      ['get', 'list', 'watch', 'create', 'patch', 'delete'],
    ),
  );
}

function rule(group: string, resources: readonly string[], verbs: readonly string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}
