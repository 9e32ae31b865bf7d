import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { ERRORS, type ErrorCode, type Problem, TidegateError } from '../../spec/errors.ts';
import { Settings, settingInfos } from '../../spec/settings.ts';
import { GivenSettings, type Layer } from './given-settings.ts';
import { readDotEnv, readSettingsFile, readValueFile, type Variables } from './setting-files.ts';
import { STORE_URLS } from './store-url.ts';
import { typedValue } from './typed-value.ts';

export interface LoadSettingsOptions {
  /** Settings below everything else, and where they come from: a spec, for example. */
  readonly base?: Layer;
  /** YAML or JSON file; the one that TIDEGATE_SETTINGS_FILE names by default. */
  readonly file?: string | undefined;
  /** Directory whose `.env` is read; none is by default. */
  readonly directory?: string;
  readonly env: Variables;
  /** Settings above everything else, as flags of a command are. */
  readonly overrides?: Layer | readonly Layer[];
}

/** The settings, and what each source gave. */
export interface TracedSettings {
  readonly settings: Settings;
  readonly given: GivenSettings;
}

/**
 * Reads the server's settings: defaults, `base`, the file, `.env`, the environment, and `overrides`; each wins over those
 * before it. Of a variable and the one with `_FILE`, the file wins. A store's URL is taken apart.
 *
 * @throws TidegateError TG2001, TG2002, TG2006, TG2007, or the code of a rule: each problem names the setting and its
 * source, and never a secret's value
 */
export function loadSettings(options: LoadSettingsOptions): Settings {
  return traceSettings(options).settings;
}

/** As `loadSettings`, for who wants to know where each setting comes from. */
export function traceSettings({
  base,
  file,
  directory,
  env,
  overrides = [],
}: LoadSettingsOptions): TracedSettings {
  const given = new GivenSettings();
  const dotEnv = directory === undefined ? {} : readDotEnv(directory);
  if (base !== undefined) given.merge(base);
  const path = file ?? (env.TIDEGATE_SETTINGS_FILE || dotEnv.TIDEGATE_SETTINGS_FILE);
  if (path !== undefined && path !== '') given.merge({ source: path, settings: readSettingsFile(path) });
  giveVariables(given, dotEnv, ' in .env');
  giveVariables(given, env, '');
  for (const layer of [overrides].flat()) given.merge(layer);
  const problems = takeUrlsApart(given);
  const result = Settings.safeParse(given.values);
  if (!result.success) problems.push(...result.error.issues.flatMap((issue) => problemsOf(issue, given)));
  if (problems.length > 0 || !result.success) throw new TidegateError(problems);
  return { settings: result.data, given };
}

function giveVariables(given: GivenSettings, variables: Variables, place: string): void {
  for (const setting of settingInfos()) {
    const { path, variable } = setting;
    const text = variables[variable];
    if (text !== undefined && text !== '') given.set(path, typedValue(setting, text), `${variable}${place}`);
    const file = setting.file ? variables[`${variable}_FILE`] : undefined;
    if (file === undefined || file === '') continue;
    const value = typedValue(setting, readValueFile(setting, file));
    given.set(path, value, `${variable}_FILE${place}`);
  }
}

/** Puts the parts of each store's URL in its place. A part that is given otherwise as well, and differs, is refused. */
function takeUrlsApart(given: GivenSettings): Problem[] {
  const problems: Problem[] = [];
  for (const [store, { parse }] of Object.entries(STORE_URLS)) {
    const path = [store, 'url'];
    const url = given.get(path);
    const source = given.sourceOf(path);
    if (typeof url !== 'string' || source === undefined) continue;
    const parts = parse(url);
    given.remove(path);
    if (typeof parts === 'string') {
      problems.push(problem('TG2001', path, parts, given));
      continue;
    }
    for (const [name, value] of Object.entries(parts)) {
      const other = given.get([store, name]);
      if (other === undefined) given.set([store, name], value, source);
      else if (!isDeepStrictEqual(other, value)) {
        problems.push(problem('TG2006', [store, name], `The URL in ${source} says otherwise`, given));
      }
    }
  }
  return problems;
}

function problemsOf(issue: z.core.$ZodIssue, given: GivenSettings): readonly Problem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem('TG2001', [...path, key], 'This setting does not exist', given));
  }
  const code = issue.code === 'custom' ? (issue.params as { code?: ErrorCode } | undefined)?.code : undefined;
  return [problem(code ?? 'TG2001', path, issue.message.replace(/\.$/, ''), given)];
}

function problem(code: ErrorCode, path: readonly string[], reason: string, given: GivenSettings): Problem {
  const source = given.sourceOf(path);
  return {
    code,
    path: path.join('.'),
    reason: source === undefined ? reason : `${reason}, in ${source}`,
    remedy: ERRORS[code].remedy,
  };
}
