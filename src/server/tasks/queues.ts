import type { Logger } from 'pino';
import type { Settings } from '../../spec/settings.ts';
import { Backend } from '../observability/backend.ts';
import { redisTarget } from '../store/redis-target.ts';
import { InProcessQueue } from './in-process-queue.ts';
import type { Queues } from './queue.ts';

/** Queues in Redis where there is one, or else in this process. BullMQ is loaded only when it is needed. */
export async function openQueues(current: () => Settings, log: Logger): Promise<Queues> {
  const { tasks: settings } = current();
  const redis = redisTarget(() => current().redis);
  if (redis === undefined) {
    return { open: (task) => new InProcessQueue(task, settings, log), close: () => {} };
  }
  const [{ RedisConnections }, { taskNames }, { RedisQueue }] = await Promise.all([
    import('./redis-connections.ts'),
    import('./redis-names.ts'),
    import('./redis-queue.ts'),
  ]);
  const backend = new Backend('redis for tasks', log);
  const connections = new RedisConnections({ redis, backend });
  return {
    open: (task) => new RedisQueue(task, { connections, settings, log }),
    names: () => connections.ask('', () => taskNames(connections.commands)),
    close: () => connections.close(),
  };
}
