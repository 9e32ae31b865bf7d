/** `node test/images/cli.ts`: builds the images of an environment and prints where their archives are. */

import { buildImages } from './build-images.ts';

for (const { reference, archive } of await buildImages()) console.log(`${reference} ${archive}`);
