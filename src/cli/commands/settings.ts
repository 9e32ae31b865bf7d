import { explainSettings } from '../../server/settings/explain-settings.ts';
import { traceSettings } from '../../server/settings/load-settings.ts';
import { columns } from '../columns.ts';

/** `tidegate settings`: shows every setting as a server here would have it, with its source and no secret. */
export function settingsCommand(options: { settings?: string; output: string }): void {
  const settings = explainSettings(
    traceSettings({ file: options.settings, directory: process.cwd(), env: process.env }),
  );
  if (options.output === 'json') {
    console.log(JSON.stringify({ settings }, null, 2));
    return;
  }
  const rows = settings.map(({ setting, value, source, description }) => [
    setting,
    value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value),
    source,
    description,
  ]);
  process.stdout.write(columns(['SETTING', 'VALUE', 'SOURCE', 'DESCRIPTION'], rows));
}
