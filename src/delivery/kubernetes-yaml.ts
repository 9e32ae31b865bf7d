import { stringify } from 'yaml';

/** What bare words and numbers mean follows YAML 1.1, which Kubernetes' tools read: a bare `off` is a boolean there. */
const OPTIONS = { lineWidth: 0, blockQuote: false, compat: 'yaml-1.1' } as const;

/** Texts that need no quotes under any version of YAML, unless they are OTHERS. */
const PLAIN = /^[a-z/](?:[\w./-]|:(?=[\w./-])| (?=[\w/]))*$/i;
/** Booleans and null, and what begins like the exponent of a number. */
const OTHERS = /^(?:y|n|yes|no|on|off|true|false|null|e[-\d.]*)$/i;

/** A text of several lines, none of which a literal block would change: see `literal`. */
const LITERAL = /^[!-~][ -~\n]*[!-~]\n*$/;

/**
 * Writes data as YAML that Kubernetes' tools read as it was meant. The structure is written here, and nearly all texts
 * of a manifest are plain: that takes a tenth of the time of the library, which writes the rest.
 */
export function kubernetesYaml(value: unknown): string {
  return `${block(value, '')}\n`;
}

/** A value that begins where its parent has written `indent`. */
function block(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((item) => `- ${block(item ?? null, `${indent}  `)}`).join(`\n${indent}`);
  }
  if (typeof value !== 'object' || value === null) return scalar(value, indent);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return Array.isArray(value) ? '[]' : '{}';
  return entries.map(([key, item]) => `${text(key)}:${after(item, indent)}`).join(`\n${indent}`);
}

/** What stands after the colon of a key at `indent`. */
function after(value: unknown, indent: string): string {
  const inner = `${indent}  `;
  const nested = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  return nested ? `\n${inner}${block(value, inner)}` : ` ${scalar(value, inner)}`;
}

function scalar(value: unknown, indent: string): string {
  if (typeof value === 'string')
    return LITERAL.test(value) && value.includes('\n') ? literal(value, indent) : text(value);
  return Array.isArray(value) ? '[]' : JSON.stringify(value ?? null);
}

function text(value: string): string {
  return PLAIN.test(value) && !OTHERS.test(value) ? value : stringify(value, OPTIONS).trimEnd();
}

/** The last line feed is the block's own; `-` says that there is none, `+` that more follow. */
function literal(value: string, indent: string): string {
  const end = value.endsWith('\n\n') ? '+' : value.endsWith('\n') ? '' : '-';
  const body = end === '-' ? value : value.slice(0, -1);
  return `|${end}\n${body.replace(/^(?=.)/gm, indent)}`;
}
