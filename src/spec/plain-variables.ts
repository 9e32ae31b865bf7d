const SECRET_NAME = '(?:password|passwd|secret|token|private_?key|api_?key|credential)';
/** A URL with a user and a password; spaces are spelt out, since JavaScript knows more of them than the API server. */
const SECRET_URL = '://[^/@\\t\\n\\f\\r ]*:[^/@\\t\\n\\f\\r ]+@';

const secretName = new RegExp(SECRET_NAME, 'i');
const secretUrl = new RegExp(SECRET_URL);

/** Whether neither name nor value of any variable looks like a secret. Variables in clear are stored and shown. */
export function holdNoSecret(variables: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(variables).every(([name, text]) => !secretName.test(name) && !secretUrl.test(text));
}

/** The same in CEL, over a map that is there. */
export function holdNoSecretCel(map: string): string {
  const url = SECRET_URL.replaceAll('\\', '\\\\');
  return `${map}.all(name, !name.matches('(?i)${SECRET_NAME}') && !${map}[name].matches('${url}'))`;
}
