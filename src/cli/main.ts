#!/usr/bin/env node
import { createRequire, enableCompileCache } from 'node:module';

// Before anything else is loaded: the modules use what an older Node does not have, and it would only say so in a trace.
const { engines } = createRequire(import.meta.url)('../../package.json') as { engines: { node: string } };
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const [leastMajor = 0, leastMinor = 0] = (engines.node.match(/\d+/g) ?? []).map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  console.error(`tidegate: Node ${engines.node} is needed, and this is ${process.versions.node}`);
  process.exit(1);
}

// Halves what a start takes, from the second one on.
enableCompileCache();
const { program } = await import('./program.ts');
const { reportAndExit } = await import('./report.ts');
const { missingPackages } = await import('./missing-packages.ts');
try {
  await program().parseAsync(process.argv);
} catch (error) {
  const asJson = process.argv.some((argument) => /^(-o|--output=)?json$/.test(argument));
  reportAndExit(missingPackages(error) ?? error, asJson);
}
