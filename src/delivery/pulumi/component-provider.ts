import type { Inputs } from '@pulumi/pulumi';
import type { Provider } from '@pulumi/pulumi/provider/index.js';
import { API_VERSION, KIND, VERSION } from '../../spec/index.ts';
import type { RealtimeEnvironmentArgs } from './late.ts';
import { COMPONENT, packageSchema } from './package-schema.ts';
import { RealtimeEnvironment } from './realtime-environment.ts';

/** Makes the component for programs that do not run in this process. */
export const componentProvider: Provider = {
  version: VERSION,
  getSchema: async () => JSON.stringify(packageSchema()),
  construct: async (name, type, inputs, options) => {
    if (type !== COMPONENT) throw new Error(`There is no component ${type}`);
    const environment = new RealtimeEnvironment(name, argsOf(inputs), options);
    return { urn: environment.urn, state: { url: environment.url, namespace: environment.namespace } };
  },
};

/** The arguments of a program, which need not repeat what the component is; they are checked when it is made. */
function argsOf({ metadata, spec }: Inputs): RealtimeEnvironmentArgs {
  return { apiVersion: API_VERSION, kind: KIND, metadata, spec };
}
