import type { Settings } from '../../spec/settings.ts';
import type { User } from '../auth/user.ts';
import type { Database } from '../store/database.ts';
import { type Dependency, dependency } from './dependency.ts';
import { HttpError } from './http-error.ts';

/** Postgres: the server that the settings name, or the embedded one. */
export const database: Dependency<Database> = dependency({
  name: 'database',
  scope: 'application',
  open: (context) => context.database,
});

/** The settings the process was started with. */
export const settings: Dependency<Settings> = dependency({
  name: 'settings',
  scope: 'application',
  open: (context) => context.settings,
});

/** Who the client has proved to be. Where nobody has, using it refuses the client with 401. */
export const currentUser: Dependency<User> = dependency({
  name: 'current user',
  scope: 'connection',
  open: ({ exchange }) => {
    if (exchange?.user === undefined) throw new HttpError(401, 'A token is needed', { check: 'auth' });
    return exchange.user;
  },
});
