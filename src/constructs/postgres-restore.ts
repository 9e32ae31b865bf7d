import { k8s } from 'cdk8s-plus-34';
import { type Environment, TidegateError } from '../spec/index.ts';
import { newChart } from './chart.ts';
import { dumpProps } from './dump-props.ts';
import { labels } from './labels.ts';
import type { Manifest } from './manifest.ts';
import { asOwner, DUMP_FILE, dumpPod, postgresContainer, storeContainer } from './postgres-backup.ts';

/**
 * A Job that puts a dump in the place of what the database holds, all of it or nothing. It is no part of the tree: somebody
 * creates it when it is wanted, each with a name of its own.
 *
 * @param dump name of the dump; the newest by default
 * @throws TidegateError TG1467 when the environment keeps no dumps
 */
export function restoreJob(environment: Environment, dump?: string): Manifest {
  const { name, namespace } = environment.metadata;
  const props = dumpProps(environment);
  if (props === undefined) throw TidegateError.of('TG1467', `${namespace}/${name}`, 'It keeps no dumps');
  const chart = newChart(name, namespace);
  const restore = [
    ...['exec pg_restore', asOwner(props), '--clean', '--if-exists', '--no-owner', '--no-privileges'],
    ...['--single-transaction', '--exit-on-error', '--dbname="$PGDATABASE"', DUMP_FILE],
  ].join(' ');
  new k8s.KubeJob(chart, 'job', {
    metadata: { labels: labels(name, 'backup') },
    spec: {
      // A second attempt would meet what the first has met.
      backoffLimit: 0,
      ttlSecondsAfterFinished: 86_400,
      template: dumpPod(props, {
        first: storeContainer(
          'download',
          props,
          ['download', DUMP_FILE],
          dump === undefined ? [] : ['--dump', dump],
        ),
        last: postgresContainer('restore', props, restore),
      }),
    },
  });
  const [job] = chart.toJson() as Manifest[];
  if (job === undefined) throw new Error('No Job');
  const { name: _, ...metadata } = job.metadata;
  return {
    ...job,
    metadata: { generateName: `${name}-postgres-restore-`, ...metadata },
  } as unknown as Manifest;
}
