import { styleText } from 'node:util';
import { columns } from '../columns.ts';
import { type ExplainedField, explainField, lastName, walk } from '../explain-field.ts';

/** `tidegate explain`: what a field means, what it may be, and what is in it, from the schema alone. */
export function explain(
  path: string,
  options: { readonly recursive: boolean; readonly output: 'text' | 'json' },
): void {
  const field = explainField(path);
  if (options.output === 'json') {
    const fields = options.recursive ? field.fields : field.fields.map((one) => ({ ...one, fields: [] }));
    console.log(JSON.stringify({ ...field, fields }, null, 2));
    return;
  }
  process.stdout.write(text(field, options.recursive));
}

function text(field: ExplainedField, recursive: boolean): string {
  const facts: readonly (readonly string[])[] = [
    ['FIELD', field.path === '' ? 'RealtimeEnvironment' : field.path],
    ['TYPE', field.type],
    ...(field.required ? [['REQUIRED', 'yes']] : []),
    // The default of an object is that of its fields.
    ...(isLeaf(field) && field.default !== undefined ? [['DEFAULT', JSON.stringify(field.default)]] : []),
    ...(field.pattern === undefined ? [] : [['PATTERN', field.pattern]]),
    ...(field.late ? [['OUTPUT', 'may be one of another resource, in Pulumi']] : []),
    ...(field.maxLength === undefined ? [] : [['LENGTH', `at most ${field.maxLength} characters`]]),
  ];
  const parts = [
    facts
      .map(([name = '', value = '']) => `${heading(name)}${' '.repeat(10 - name.length)}${value}\n`)
      .join(''),
    ...(field.description === '' ? [] : [`${field.description}.\n`]),
  ];
  if (field.rules.length > 0) {
    const rules = field.rules.map(({ code, refusal }) => `  ${code}  ${refusal}\n`);
    parts.push(`${heading('REFUSED WITH')}\n${rules.join('')}`);
  }
  if (field.fields.length > 0) parts.push(`${heading('FIELDS')}\n${fieldsOf(field, recursive)}`);
  return parts.join('\n');
}

function fieldsOf(field: ExplainedField, recursive: boolean): string {
  const depth = (path: string) => path.split('.').length;
  const top = field.path === '' ? 1 : depth(field.path) + 1;
  const shown = recursive ? [...walk(field)].slice(1) : field.fields;
  const rows = shown.map((one) => [
    `${'  '.repeat(depth(one.path) - top + 1)}${lastName(one.path)}`,
    one.type,
    one.required ? 'required' : isLeaf(one) && one.default !== undefined ? JSON.stringify(one.default) : '–',
    one.description,
  ]);
  return columns(['  NAME', 'TYPE', 'DEFAULT', 'MEANING'], rows);
}

function isLeaf({ fields }: ExplainedField): boolean {
  return fields.length === 0;
}

function heading(name: string): string {
  return styleText('bold', name);
}
