import { FRONT_DOORS, HANDED_TO, MANAGED_BY, managedBy } from '../../constructs/index.ts';

const OWNERS = FRONT_DOORS.map(managedBy);

/**
 * Spec of the ValidatingAdmissionPolicy that keeps what one front door delivers from another. Every front door writes its
 * label with whatever it applies, by whichever way, so that a label that would change tells a second owner.
 */
export function ownershipPolicy(): Record<string, unknown> {
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      // An update matches when the object has the label before or after it.
      objectSelector: { matchExpressions: [{ key: MANAGED_BY, operator: 'In', values: OWNERS }] },
      resourceRules: [
        {
          apiGroups: ['*'],
          apiVersions: ['*'],
          operations: ['UPDATE'],
          resources: ['*'],
          scope: 'Namespaced',
        },
      ],
    },
    variables: [
      { name: 'owner', expression: read('oldObject', 'labels', MANAGED_BY) },
      { name: 'second', expression: read('object', 'labels', MANAGED_BY) },
      { name: 'heir', expression: read('oldObject', 'annotations', HANDED_TO) },
    ],
    validations: [
      {
        expression: [
          `!(variables.owner in ${JSON.stringify(OWNERS)})`,
          'variables.second == variables.owner',
          "variables.second != '' && variables.second == variables.heir",
        ]
          .map((allowed) => `(${allowed})`)
          .join(' || '),
        reason: 'Forbidden',
        message: 'The object belongs to another front door of Tidegate',
        messageExpression: MESSAGE,
      },
    ],
  };
}

function read(object: 'object' | 'oldObject', map: 'labels' | 'annotations', key: string): string {
  return `${object}.metadata.?${map}[?'${key}'].orValue('')`;
}

const RESOURCE =
  "request.resource.resource + (request.resource.group == '' ? '' : '.' + request.resource.group)";

/** Names the owner, who wants it, and both ways out. */
const MESSAGE = [
  "object.kind + ' ' + object.metadata.name + ' belongs to ' + variables.owner + ', and '",
  "(variables.second == '' ? 'a write without that label' : variables.second)",
  "' would take it over. Deliver it from one front door only, or move it with tidegate adopt, or by hand: kubectl annotate -n '",
  'object.metadata.namespace',
  "' '",
  RESOURCE,
  "' '",
  'object.metadata.name',
  `' ${HANDED_TO}='`,
  "(variables.second == '' ? 'OWNER' : variables.second)",
].join(' + ');
