import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { ERRORS, type ErrorCode, type Problem, TidegateError } from '../../spec/errors.ts';
import { type SettingInfo, Settings, settingInfos } from '../../spec/settings.ts';

export interface LoadSettingsOptions {
  /** Settings below everything else, and where they come from: a spec, for example. */
  readonly base?: { readonly source: string; readonly settings: object };
  /** YAML or JSON file; the one that TIDEGATE_SETTINGS_FILE names by default. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings above everything else, as flags of a command are. */
  readonly overrides?: { readonly source: string; readonly settings: object };
}

/** Values as they were given, and where each came from, by dotted path. */
interface Given {
  readonly values: Record<string, unknown>;
  readonly sources: Map<string, string>;
}

/**
 * Reads the server's settings: defaults, `base`, the file, the environment, the files that `…_FILE` variables name, and `overrides`; each wins over those before it.
 *
 * @throws TidegateError TG2001, TG2002: each problem names the setting and its source, and never a secret's value
 */
export function loadSettings({ base, file, env, overrides }: LoadSettingsOptions): Settings {
  const given: Given = { values: {}, sources: new Map() };
  if (base !== undefined) merge(given, base.settings, base.source);
  const path = file ?? env.TIDEGATE_SETTINGS_FILE;
  if (path !== undefined && path !== '') merge(given, readSettingsFile(path), path);
  for (const setting of settingInfos()) {
    const text = env[setting.variable];
    if (text !== undefined && text !== '') set(given, setting, typedValue(setting, text), setting.variable);
    const valueFile = setting.file ? env[`${setting.variable}_FILE`] : undefined;
    if (valueFile !== undefined && valueFile !== '') {
      const value = typedValue(setting, readValue(setting, valueFile));
      set(given, setting, value, `${setting.variable}_FILE`);
    }
  }
  if (overrides !== undefined) merge(given, overrides.settings, overrides.source);
  const result = Settings.safeParse(given.values);
  if (result.success) return result.data;
  throw new TidegateError(result.error.issues.flatMap((issue) => problemsOf(issue, given.sources)));
}

function merge(given: Given, settings: object, source: string, path: readonly string[] = []): void {
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue;
    if (isObject(value)) merge(given, value, source, [...path, key]);
    else setAt(given, [...path, key], value, source);
  }
}

function set(given: Given, setting: SettingInfo, value: unknown, source: string): void {
  setAt(given, setting.path, value, source);
}

function setAt({ values, sources }: Given, path: readonly string[], value: unknown, source: string): void {
  let target = values;
  for (const key of path.slice(0, -1)) {
    if (!isObject(target[key])) target[key] = {};
    target = target[key] as Record<string, unknown>;
  }
  target[path.at(-1) ?? ''] = value;
  sources.set(path.join('.'), source);
}

/** What a variable's text means, by the type of the setting; what does not fit is left for the schema to refuse. */
function typedValue(setting: SettingInfo, text: string): unknown {
  let schema: z.ZodType = setting.schema;
  while (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    schema = schema.unwrap() as z.ZodType;
  }
  if (schema instanceof z.ZodNumber)
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (schema instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (schema instanceof z.ZodArray) {
    return schema.element instanceof z.ZodObject ? json(text) : items(text);
  }
  return text;
}

/** A list in a variable has commas, one in a file may have a line for each as well. */
function items(text: string): readonly string[] {
  const parts = text.split(/[,\n]/).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readSettingsFile(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw TidegateError.of('TG2002', '', `The settings file ${path} cannot be read (${code})`);
  }
  let content: unknown;
  try {
    content = parseYaml(text) ?? {};
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    throw TidegateError.of('TG2001', '', `The settings file ${path} is not YAML: ${line?.replace(/:$/, '')}`);
  }
  if (isObject(content)) return content;
  throw TidegateError.of('TG2001', '', `The settings file ${path} does not hold settings by name`);
}

function readValue({ path, variable }: SettingInfo, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw TidegateError.of(
      'TG2002',
      path.join('.'),
      `${file}, which ${variable}_FILE names, cannot be read (${code})`,
    );
  }
}

function problemsOf(issue: z.core.$ZodIssue, sources: ReadonlyMap<string, string>): readonly Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem('TG2001', [...path, key], 'This setting does not exist', sources));
  }
  const code = issue.code === 'custom' ? (issue.params as { code?: ErrorCode } | undefined)?.code : undefined;
  return [problem(code ?? 'TG2001', path, issue.message.replace(/\.$/, ''), sources)];
}

function problem(
  code: ErrorCode,
  path: readonly string[],
  reason: string,
  sources: ReadonlyMap<string, string>,
): Problem {
  const source = sourceOf(path, sources);
  return {
    code,
    path: path.join('.'),
    reason: source === undefined ? reason : `${reason}, in ${source}`,
    remedy: ERRORS[code].remedy,
  };
}

/** The source of a setting, or of the one that holds it, or of the first within it. */
function sourceOf(path: readonly string[], sources: ReadonlyMap<string, string>): string | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const source = sources.get(path.slice(0, length).join('.'));
    if (source !== undefined) return source;
  }
  const within = `${path.join('.')}.`;
  return [...sources].find(([key]) => key.startsWith(within))?.[1];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
