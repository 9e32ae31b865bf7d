import { type SettingInfo, settingInfos } from '../../spec/settings.ts';
import { at } from './given-settings.ts';
import type { TracedSettings } from './load-settings.ts';

/** One setting as it counts now. */
export interface ExplainedSetting {
  /** Its path, for example `ping.intervalSeconds`. */
  readonly setting: string;
  readonly variable: string;
  /** Of a secret, `•••` when it is set; nothing when there is no value. */
  readonly value?: unknown;
  /** `default`, or what gave it. */
  readonly source: string;
  readonly secret: boolean;
  /** Whether a change counts at once or with the next start. */
  readonly changes: 'live' | 'restart';
  readonly description: string;
}

const MASK = '•••';

/** Tells every setting with its source, and no secret's value. */
export function explainSettings({ settings, given }: TracedSettings): readonly ExplainedSetting[] {
  return settingInfos().map((info) => {
    const source = given.sourceOf(info.path) ?? 'default';
    const value = shownValue(info, at(settings, info.path), source);
    return {
      setting: info.path.join('.'),
      variable: info.variable,
      ...(value !== undefined && { value }),
      source,
      secret: info.secret,
      changes: changesOf(info),
      description: info.description,
    };
  });
}

/** How a change of the setting comes to count. */
export function changesOf({ live }: SettingInfo): 'live' | 'restart' {
  return live ? 'live' : 'restart';
}

function shownValue({ secret }: SettingInfo, value: unknown, source: string): unknown {
  // By its source: the URL of a store has been taken apart, and has no value any more.
  if (secret) return source === 'default' ? undefined : MASK;
  return value;
}
