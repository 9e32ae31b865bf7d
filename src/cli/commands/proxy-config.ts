import { writeFileSync } from 'node:fs';
import { nginxConfig, parseProxySpec } from '../../proxy/index.ts';
import { loadSettings } from '../../server/settings/load-settings.ts';
import { TidegateError } from '../../spec/index.ts';
import { givenProxyOptions } from '../proxy-options.ts';

/** `tidegate proxy-config nginx`: prints an nginx.conf, or writes it and says where. */
export function nginx(options: { settings?: string; out?: string }): void {
  const proxy = parseProxySpec(givenProxyOptions({ ...options }));
  const config = nginxConfig(proxy, loadSettings({ file: options.settings, env: process.env }));
  if (options.out === undefined) {
    process.stdout.write(config);
    return;
  }
  try {
    writeFileSync(options.out, config);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const remedy = 'Choose another file, or change the owner or mode of its directory';
    throw TidegateError.of(
      'TG2004',
      options.out,
      `The configuration cannot be written there (${code})`,
      remedy,
    );
  }
  console.log(options.out);
}
