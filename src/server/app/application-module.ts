import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { failureOf } from '../../platform/failure.ts';
import { TidegateError } from '../../spec/errors.ts';
import type { RealtimeApp } from './application.ts';

/** Puts a team's endpoints, middleware, hooks and tasks on the application. */
export type DefineApplication = (app: RealtimeApp) => void | Promise<void>;

/**
 * A module that `tidegate serve` and `tidegate worker` take.
 *
 * @example
 * import type { RealtimeApp } from 'tidegate/server';
 * export default function shout(app: RealtimeApp) {
 *   app.websocket('/shout', async (socket) => { … });
 * }
 */
export interface ApplicationModule {
  readonly default: DefineApplication;
  /** Whether the bundled endpoints are served as well, after its own; true by default. */
  readonly bundled?: boolean;
}

/** A team's application, loaded. */
export interface Application {
  /** @throws TidegateError TG2103 when the module throws */
  readonly define: (app: RealtimeApp) => Promise<void>;
  readonly bundled: boolean;
}

/**
 * Loads an ES module, in TypeScript as it is: Node strips the types.
 *
 * @param path of the module, from the working directory
 * @throws TidegateError TG2101 when there is no such file, TG2102 when its default export is no function, TG2103 when it
 * cannot be imported
 */
export async function loadApplication(path: string): Promise<Application> {
  const file = resolve(path);
  if (!existsSync(file)) throw TidegateError.of('TG2101', path, `There is no file ${file}`);
  const { default: define, bundled = true } = await imported(path, file);
  if (typeof define !== 'function') {
    const found = define === undefined ? 'nothing' : `a value of type ${typeof define}`;
    throw TidegateError.of('TG2102', path, `It exports ${found} by default`);
  }
  if (typeof bundled !== 'boolean') {
    throw TidegateError.of('TG2102', path, `What it exports as bundled is of type ${typeof bundled}`);
  }
  return {
    bundled,
    async define(app) {
      try {
        await define(app);
      } catch (error) {
        throw failure(path, 'It failed as it defined its endpoints', error);
      }
    },
  };
}

async function imported(path: string, file: string): Promise<Partial<ApplicationModule>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    throw failure(path, 'It cannot be imported', error);
  }
}

function failure(path: string, what: string, error: unknown): TidegateError {
  if (error instanceof TidegateError) return error;
  return TidegateError.of('TG2103', path, `${what}: ${failureOf(error)}`);
}
