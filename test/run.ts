/**
 * `npm test`: every check there is, a line each with its time, and the runner's totals last.
 *
 * `npm test -- unit arrows` runs only the stages named. A stage that this machine cannot run is skipped with the reason
 * and what to do about it; with CI=true that is a failure.
 */

import { type Outcome, runStage } from './run/stage.ts';
import { stages } from './run/stages.ts';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(
    `No stage is called ${unknown.join(', ')}; there are ${stages.map((stage) => stage.name).join(', ')}`,
  );
  process.exit(2);
}

const ci = process.env.CI === 'true';
const outcomes: Outcome[] = [];
for (const stage of stages) {
  if (wanted.length > 0 && !wanted.includes(stage.name)) continue;
  outcomes.push(await runStage(stage, { ci }));
}

const sum = (pick: (outcome: Outcome) => number) =>
  outcomes.reduce((total, outcome) => total + pick(outcome), 0);
const [passed, failed, skipped] = [sum((o) => o.passed), sum((o) => o.failed), sum((o) => o.skipped)];
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
for (const failure of outcomes.flatMap((outcome) => outcome.failures)) console.log(`\nFAILED   ${failure}`);
process.exit(outcomes.some((outcome) => !outcome.ok) ? 1 : 0);
