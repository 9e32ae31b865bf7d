#!/usr/bin/env node
import { program } from './program.ts';
import { reportAndExit } from './report.ts';

try {
  await program().parseAsync(process.argv);
} catch (error) {
  reportAndExit(error, process.argv.includes('json'));
}
