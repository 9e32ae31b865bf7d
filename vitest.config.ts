import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import tsconfig from './tsconfig.json' with { type: 'json' };

const paths: Readonly<Record<string, readonly string[]>> = tsconfig.compilerOptions.paths;

// Four projects, because they need different things of the machine: unit needs nothing, server real stores, a proxy and
// a browser, integration a real kube-apiserver, e2e real pods. `test/run.ts` runs them in that order and says what is
// lacking.
const SERVER_TESTS = ['test/integration/{client,proxy,server}/**/*.test.ts'];

/** `tidegate/…`, as examples and documentation import it, is this tree. */
const resolve = {
  alias: Object.fromEntries(
    Object.entries(paths).map(([name, [source = '']]) => [name, join(import.meta.dirname, source)]),
  ),
};

export default defineConfig({
  test: {
    projects: [
      { resolve, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'server',
          include: SERVER_TESTS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        resolve,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: SERVER_TESTS,
          globalSetup: ['test/integration/control-plane.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          // A last resort: every step has a limit of its own.
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
