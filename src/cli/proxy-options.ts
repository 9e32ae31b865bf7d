import { InvalidArgumentError, Option } from 'commander';
import { PROXY_OPTIONS, type ProxyOption } from '../proxy/index.ts';

/** The options of `tidegate proxy-config`, made from the schema of what a proxy is to do. */
export function proxyOptions(): readonly Option[] {
  return PROXY_OPTIONS.map(commandOption);
}

/** What was given on the command line, by the names of the schema. */
export function givenProxyOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    PROXY_OPTIONS.map((option) => [option.name, options[commandOption(option).attributeName()]]),
  );
}

function commandOption({ flag, description, schema }: ProxyOption): Option {
  const option = new Option(flag, description + defaultOf(schema));
  if (option.isBoolean()) return option;
  return option.argParser<unknown>((text, previous) => {
    const value = flag.endsWith('<number>') ? wholeNumber(text) : text;
    const values = Array.isArray(previous) ? [...previous, value] : [value];
    const result = schema.safeParse(option.variadic ? values : value);
    if (result.success) return result.data;
    throw new InvalidArgumentError(`${result.error.issues[0]?.message.replace(/\.$/, '')}.`);
  });
}

function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Must be a whole number.');
}

function defaultOf(schema: ProxyOption['schema']): string {
  const { data } = schema.safeParse(undefined);
  if (data === undefined || data === false || (Array.isArray(data) && data.length === 0)) return '';
  return ` (default: ${Array.isArray(data) ? data.join(' and ') : data})`;
}
