import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { TidegateError } from '../../spec/errors.ts';
import type { SettingInfo } from '../../spec/settings.ts';
import { isObject } from './given-settings.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads settings as YAML or JSON. @throws TidegateError TG2001, TG2002 naming the file, and nothing of its content */
export function readSettingsFile(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw TidegateError.of('TG2002', '', `The settings file ${path} cannot be read (${codeOf(error)})`);
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

/** Reads the file that a `…_FILE` variable names, without its last line break. @throws TidegateError TG2002 */
export function readValueFile({ path, variable }: SettingInfo, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const reason = `${file}, which ${variable}_FILE names, cannot be read (${codeOf(error)})`;
    throw TidegateError.of('TG2002', path.join('.'), reason);
  }
}

/**
 * The `TIDEGATE_*` variables of a directory's `.env`; none when there is no such file.
 *
 * @throws TidegateError TG2002 when it is there and cannot be read
 */
export function readDotEnv(directory: string): Variables {
  const path = join(directory, '.env');
  try {
    const entries = Object.entries(parseEnv(readFileSync(path, 'utf8')));
    return Object.fromEntries(entries.filter(([name]) => name.startsWith('TIDEGATE_')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {};
    throw TidegateError.of('TG2002', '', `${path} cannot be read (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
