import type { FrontDoor } from '../../constructs/index.ts';
import {
  type Adopted,
  adopt,
  type ConnectOptions,
  connect,
  ObjectApi,
  refusal,
} from '../../delivery/cluster/index.ts';
import { readExtended } from '../../delivery/extension-file.ts';
import type { ExtensionOption } from '../extension-option.ts';
import { reportAndExit } from '../report.ts';

interface AdoptOptions extends ConnectOptions, ExtensionOption {
  readonly to: FrontDoor;
  readonly output: 'text' | 'json';
}

/** `tidegate adopt`: moves the objects of environments to another front door. */
export async function adoptCommand(file: string, options: AdoptOptions): Promise<void> {
  const json = options.output === 'json';
  try {
    const { environments, extension } = await readExtended([file], options.config);
    const api = ObjectApi.of(await connect(options));
    const adopted: Adopted[] = [];
    for (const environment of environments) {
      const { name, namespace } = environment.metadata;
      adopted.push(
        ...(await adopt(api, environment, options.to, extension).catch((error) => {
          throw refusal(error, `${namespace}/${name}`);
        })),
      );
    }
    if (json) console.log(JSON.stringify(adopted.map(jsonOf), null, 2));
    else for (const one of adopted) console.log(lineOf(one));
  } catch (error) {
    reportAndExit(error, json);
  }
}

function lineOf({ object: { kind, metadata }, did, from }: Adopted): string {
  return `${kind} ${metadata.namespace}/${metadata.name} ${did}${from === undefined ? '' : ` from ${from}`}`;
}

function jsonOf({ object: { kind, metadata }, did, from }: Adopted): object {
  return { kind, namespace: metadata.namespace, name: metadata.name, did, from };
}
