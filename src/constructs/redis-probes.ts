import type { k8s } from 'cdk8s-plus-34';

/**
 * Options of redis-cli that reach the server in this pod. Its certificate is not checked: it may still be of an authority that
 * has just been replaced.
 */
export const cliOptions = (tls: boolean) => (tls ? ' --tls --insecure' : '');

/** redis-cli, logged in to the server in this pod. */
export function localCli(passwordFile: string, tls: boolean, port?: number): string {
  const options = `${cliOptions(tls)}${port === undefined ? '' : ` -p ${port}`}`;
  return `REDISCLI_AUTH="$(cat ${passwordFile})" redis-cli${options}`;
}

/** Asks the server in this pod; an answer that a busy, loading or cut off one gives shows that it lives. */
export function alive(passwordFile: string, tls: boolean): k8s.ExecAction {
  return shell(`${localCli(passwordFile, tls)} ping | grep -qE 'PONG|LOADING|BUSY|MASTERDOWN'`);
}

/** Asks whether the server in this pod takes commands. */
export function answers(passwordFile: string, tls: boolean, port?: number): k8s.ExecAction {
  return shell(`${localCli(passwordFile, tls, port)} ping | grep -q PONG`);
}

function shell(script: string): k8s.ExecAction {
  return { command: ['sh', '-c', script] };
}
