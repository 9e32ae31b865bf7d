import type { k8s } from 'cdk8s-plus-34';
import { TLS_FILES } from './redis-certificate.ts';

/** Options of redis-cli that reach a server of the environment. */
export const cliOptions = (tls: boolean) => (tls ? ` --tls --cacert ${TLS_FILES.authorities}` : '');

/** Asks the server in this pod; an answer that a busy, loading or cut off one gives shows that it lives. */
export function alive(passwordFile: string, tls: boolean, port?: number): k8s.ExecAction {
  const options = `${cliOptions(tls)}${port === undefined ? '' : ` -p ${port}`}`;
  return shell(
    `REDISCLI_AUTH="$(cat ${passwordFile})" redis-cli${options} ping | grep -qE 'PONG|LOADING|BUSY|MASTERDOWN'`,
  );
}

/** Asks whether the server in this pod takes commands. */
export function answers(passwordFile: string, tls: boolean, port?: number): k8s.ExecAction {
  const options = `${cliOptions(tls)}${port === undefined ? '' : ` -p ${port}`}`;
  return shell(`REDISCLI_AUTH="$(cat ${passwordFile})" redis-cli${options} ping | grep -q PONG`);
}

function shell(script: string): k8s.ExecAction {
  return { command: ['sh', '-c', script] };
}
