import type { ObjectApi } from '../../delivery/cluster/index.ts';
import { API_VERSION, KIND } from '../../spec/index.ts';
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
      look: async (api) =>
        (await api.read({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })) === undefined
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

async function version(api: ObjectApi) {
  const { major, minor, gitVersion } = await api.version();
  // Some clouds write 34+.
  return Number.parseInt(major, 10) > 1 || Number.parseInt(minor, 10) >= LEAST_MINOR
    ? ok(`It is ${gitVersion}`)
    : missing(`It is ${gitVersion}`, `Upgrade it to 1.${LEAST_MINOR} or later`);
}

function served(apiVersion: string, kind: string): Need {
  return {
    what: `${kind} of ${apiVersion}`,
    look: async (api) =>
      (await api.resource({ apiVersion, kind })) === undefined
        ? missing('The cluster does not serve it', remedyOf(groupOf(apiVersion)))
        : ok('It is served'),
  };
}

function permitted(apiVersion: string, kind: string, namespace: string): Need {
  return {
    what: `Right to write ${kind} in ${namespace}`,
    look: async (api) => {
      const resource = await api.resource({ apiVersion, kind });
      // Told already as a kind that is not served.
      if (resource === undefined) return ok('There is nothing to write');
      const group = groupOf(apiVersion);
      const answers = await Promise.all(
        VERBS.map(async (verb) => [verb, await api.may(verb, group, resource.name, namespace)] as const),
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

async function operator(api: ObjectApi) {
  return (await api.resource({ apiVersion: API_VERSION, kind: KIND })) === undefined
    ? advice(`${KIND} is not served`, 'Install the chart charts/tidegate if the operator is to deliver')
    : ok(`${KIND} is served`);
}
