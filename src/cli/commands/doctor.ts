import { styleText } from 'node:util';
import { render } from '../../constructs/index.ts';
import { type ConnectOptions, connect, ObjectApi, refusal } from '../../delivery/cluster/index.ts';
import { readExtended } from '../../delivery/extension-file.ts';
import { basics } from '../doctor/basics.ts';
import { type Finding, type FindingState, findings } from '../doctor/finding.ts';
import { metricNeeds } from '../doctor/metrics.ts';
import { routeNeeds } from '../doctor/routes.ts';
import { storeNeeds } from '../doctor/stores.ts';
import type { ExtensionOption } from '../extension-option.ts';
import { EXIT } from '../report.ts';

interface DoctorOptions extends ConnectOptions, ExtensionOption {
  readonly all: boolean;
  readonly output: 'text' | 'json';
}

const COLOURS = { ok: 'green', missing: 'red', advice: 'yellow', unknown: 'yellow' } as const;

/** `tidegate doctor`: what a cluster lacks for environments, with a remedy each; fails when they cannot do without it. */
export async function doctor(files: readonly string[], options: DoctorOptions): Promise<void> {
  const { environments, extension } = await readExtended(files, options.config);
  const needs = environments
    .map((environment) => ({ environment, objects: render(environment, extension) }))
    .flatMap((patient) =>
      [basics, routeNeeds, metricNeeds, storeNeeds].flatMap((needsOf) => needsOf(patient)),
    );
  const config = await connect(options);
  const found = await findings(ObjectApi.of(config), needs).catch((error) => {
    throw refusal(error, config.getCurrentCluster()?.server ?? 'cluster');
  });
  if (options.output === 'json') console.log(JSON.stringify({ findings: found }, null, 2));
  else process.stdout.write(text(found, options.all));
  if (found.some(({ state }) => state === 'missing')) process.exitCode = EXIT.failed;
}

function text(found: readonly Finding[], all: boolean): string {
  const shown = found.filter(({ state }) => all || state !== 'ok');
  const count = (wanted: FindingState) => found.filter(({ state }) => state === wanted).length;
  return [
    ...shown.flatMap(linesOf),
    `${count('ok')} ok, ${count('missing')} missing, ${count('advice')} to think of, ${count('unknown')} unknown`,
    '',
  ].join('\n');
}

function linesOf({ what, state, reason, remedy }: Finding): readonly string[] {
  const lines = [reason, remedy].filter((line) => line !== '').map((line) => `         ${line}`);
  return [`${styleText(COLOURS[state], state.padEnd(7))}  ${what}`, ...lines];
}
