import {
  type ConnectOptions,
  connect,
  ensureSecrets,
  ObjectApi,
  refusal,
} from '../../delivery/cluster/index.ts';
import { readEnvironments } from '../../delivery/environment-files.ts';
import { ERRORS, type Problem, TidegateError } from '../../spec/index.ts';

/** `tidegate secrets ensure`: creates what is missing, and fails if somebody else's Secret is. */
export async function ensure(file: string, options: ConnectOptions): Promise<void> {
  const environments = readEnvironments([file]);
  const api = ObjectApi.of(await connect(options));
  const problems: Problem[] = [];
  for (const environment of environments) {
    const { namespace } = environment.metadata;
    const secrets = await ensureSecrets(api, environment, 'gitops').catch((error) => {
      throw refusal(error, namespace);
    });
    for (const { name, key, state } of secrets) {
      console.log(`secret/${name} ${state}`);
      if (state !== 'missing') continue;
      const reason = `The Secret is not there, or has no key ${key}`;
      problems.push({ code: 'TG3004', path: `${namespace}/${name}`, reason, remedy: ERRORS.TG3004.remedy });
    }
  }
  if (problems.length > 0) throw new TidegateError(problems);
}
