import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Calls back with each file that is imported from now on, and with those that are missing; packages are left out. */
export function watchImports(seen: (file: string) => void): void {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (/^\.{0,2}\//.test(specifier)) tell(new URL(specifier, context.parentURL).href, seen);
        throw error;
      }
    },
    load(url, context, next) {
      tell(url, seen);
      return next(url, context);
    },
  });
}

function tell(url: string, seen: (file: string) => void): void {
  if (url.startsWith('file:') && !url.includes('/node_modules/')) seen(fileURLToPath(url));
}
