import { API_VERSION, KIND } from '../../spec/index.ts';
import type { Cluster } from '../cluster.ts';
import { groupOf, remedyOf } from './add-ons.ts';
import { advice, missing, type Need, ok, type Patient } from './finding.ts';

/** The CRD's rules use isIP and isCIDR, which API servers have since this one. */
const LEAST_MINOR = 30;

const VERBS = ['get', 'create', 'patch', 'delete'] as const;

/** What every environment needs: the version, its namespace, the kinds of its objects and the right to write them. */
export function basics({ environment, objects }: Patient): readonly Need[] {
  const { namespace } = environment.metadata;
  return [
    { what: 'Kubernetes', look: version },
    {
      what: `Namespace ${namespace}`,
      look: async (cluster) =>
        (await cluster.read({ apiVersion: 'v1', kind: 'Namespace', name: namespace })) === undefined
          ? missing('It does not exist', `Create it with kubectl create namespace ${namespace}`)
          : ok('It exists'),
    },
    ...objects.flatMap(({ apiVersion, kind }) => [
      served(apiVersion, kind),
      permitted(apiVersion, kind, namespace),
    ]),
    { what: 'Operator', look: operator },
  ];
}

async function version(cluster: Cluster) {
  const { major, minor, text } = await cluster.version();
  return major > 1 || minor >= LEAST_MINOR
    ? ok(`It is ${text}`)
    : missing(`It is ${text}`, `Upgrade it to 1.${LEAST_MINOR} or later`);
}

function served(apiVersion: string, kind: string): Need {
  return {
    what: `${kind} of ${apiVersion}`,
    look: async (cluster) =>
      (await cluster.resource(apiVersion, kind)) === undefined
        ? missing('The cluster does not serve it', remedyOf(groupOf(apiVersion)))
        : ok('It is served'),
  };
}

function permitted(apiVersion: string, kind: string, namespace: string): Need {
  return {
    what: `Right to write ${kind} in ${namespace}`,
    look: async (cluster) => {
      const resource = await cluster.resource(apiVersion, kind);
      // Told already as a kind that is not served.
      if (resource === undefined) return ok('There is nothing to write');
      const group = groupOf(apiVersion);
      const answers = await Promise.all(
        VERBS.map(async (verb) => [verb, await cluster.may(verb, group, resource.name, namespace)] as const),
      );
      const refused = answers.flatMap(([verb, may]) => (may ? [] : [verb]));
      return refused.length === 0
        ? ok('You may')
        : advice(
            `You may not ${refused.join(', ')} ${resource.name}`,
            'Ask for it, or let the operator or your GitOps tool write',
          );
    },
  };
}

async function operator(cluster: Cluster) {
  return (await cluster.resource(API_VERSION, KIND)) === undefined
    ? advice(`${KIND} is not served`, 'Install the chart charts/tidegate if the operator is to deliver')
    : ok(`${KIND} is served`);
}
