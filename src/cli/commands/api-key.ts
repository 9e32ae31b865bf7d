import {
  type ApiKeyScope,
  apiKeyEntry,
  isApiKeyName,
  newSecretValue,
  TidegateError,
} from '../../spec/index.ts';

interface ApiKeyOptions {
  readonly scope: ApiKeyScope;
  readonly output: 'text' | 'json';
}

/** Where the entry goes; on standard error, so that standard output holds the key and the entry alone. */
const WHAT_NEXT = `
The key is shown only now. Put the entry into the file that TIDEGATE_AUTH_API_KEYS_FILE names, a line each, or into
TIDEGATE_AUTH_API_KEYS; in an environment, into the Secret under secrets.api.existing.`;

/** `tidegate api-key`: makes a key that is kept nowhere, and its entry for the settings. */
export function apiKeyCommand(name: string, { scope, output }: ApiKeyOptions): void {
  if (!isApiKeyName(name)) {
    throw TidegateError.of('TG1003', 'name', 'A name has up to 64 letters, digits, _, ., @ and -');
  }
  const key = newSecretValue();
  const entry = apiKeyEntry({ name, scope }, key);
  if (output === 'json') {
    console.log(JSON.stringify({ name, scope, key, entry }, null, 2));
    return;
  }
  console.log(`key    ${key}\nentry  ${entry}`);
  console.error(WHAT_NEXT);
}
