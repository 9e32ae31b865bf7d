/** Part of `npm run build`: lays what is not TypeScript, such as the web page, beside the compiled modules. */

import { cpSync, statSync } from 'node:fs';
import { extname } from 'node:path';

cpSync('src', 'lib', {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || extname(path) !== '.ts',
});
