import { z } from 'zod';
import { HttpError } from '../app/http-error.ts';
import type { HttpServer } from '../http/fastify.ts';
import { BrokerUnavailable } from './broker/broker.ts';
import type { Target } from './calls.ts';
import type { Channels, Present, PublishOptions } from './channels.ts';
import { DISCONNECT, ERROR, ReplyError } from './protocol/codes.ts';

const channel = z.string().min(1).max(255);
const onChannel = z.object({ channel });
const publication = {
  data: z.unknown().refine((value) => value !== undefined, 'Must be given'),
  tags: z.record(z.string(), z.string()).optional(),
  skip_history: z.boolean().optional(),
  idempotency_key: z.string().min(1).max(128).optional(),
};
const someone = {
  user: z.string().min(1).optional().describe('All connections of this user'),
  client: z.string().min(1).optional().describe('One connection'),
};
const farewell = z.object({ code: z.int().min(3000).max(4999), reason: z.string().max(123).default('') });
const position = z.object({ offset: z.int().min(0), epoch: z.string().default('') });

const bodies = {
  publish: z.object({ channel, ...publication }),
  broadcast: z.object({ channels: z.array(channel).min(1).max(1_000), ...publication }),
  subscribe: z.object({
    channel,
    ...someone,
    data: z.unknown().optional(),
    info: z.unknown().optional(),
    expire_at: z.int().positive().optional(),
  }),
  unsubscribe: z.object({ channel, ...someone }),
  disconnect: z.object({ ...someone, disconnect: farewell.default(DISCONNECT.forceNoReconnect) }),
  history: z.object({
    channel,
    limit: z.int().default(0),
    since: position.optional(),
    reverse: z.boolean().optional(),
  }),
};

/**
 * The server API, `POST /api/channels/…`, for other servers. It takes the requests of Centrifugo's HTTP API, and answers
 * `{"result": …}`; errors are those of all HTTP routes. It takes an API key with the scope `api`.
 */
export function channelsApi(http: HttpServer, channels: Channels): void {
  const route = <Body extends z.ZodType>(
    method: string,
    body: Body,
    answer: (body: z.output<Body>) => Promise<object>,
  ) =>
    http.post(`/api/channels/${method}`, { schema: { body }, config: { auth: 'api' } }, async (request) => {
      try {
        return { result: await answer(request.body as z.output<Body>) };
      } catch (error) {
        throw shown(error);
      }
    });

  route('publish', bodies.publish, (body) => channels.publish(body.channel, body.data, optionsOf(body)));
  route('broadcast', bodies.broadcast, async (body) => ({
    responses: await Promise.all(
      body.channels.map((name) =>
        channels.publish(name, body.data, optionsOf(body)).then((result) => ({ result }), failed),
      ),
    ),
  }));
  route('subscribe', bodies.subscribe, async ({ channel, data, info, expire_at, ...target }) => {
    await channels.subscribe(targetOf(target), channel, { data, info, expiresAt: expire_at });
    return {};
  });
  route('unsubscribe', bodies.unsubscribe, async ({ channel, ...target }) => {
    await channels.unsubscribe(targetOf(target), channel);
    return {};
  });
  route('disconnect', bodies.disconnect, async ({ disconnect, ...target }) => {
    await channels.disconnect(targetOf(target), disconnect);
    return {};
  });
  route('presence', onChannel, async (body) => ({
    presence: Object.fromEntries(
      (await channels.presence(body.channel)).map((one) => [one.client, infoOf(one)]),
    ),
  }));
  route('presence_stats', onChannel, async (body) => {
    const present = await channels.presence(body.channel);
    return { num_clients: present.length, num_users: new Set(present.map(({ user }) => user)).size };
  });
  route('history', bodies.history, async ({ channel, ...query }) => {
    const { publications, ...end } = await channels.history(channel, query);
    return {
      ...end,
      publications: publications.map(({ by, ...rest }) => ({ ...rest, ...(by && { info: infoOf(by) }) })),
    };
  });
  route('history_remove', onChannel, async (body) => {
    await channels.removeHistory(body.channel);
    return {};
  });
  route('info', z.object({}).optional(), async () => ({
    nodes: (await channels.replicas()).map(({ id, clients, subscriptions, channels }) => ({
      uid: id,
      num_clients: clients,
      num_subs: subscriptions,
      num_channels: channels,
    })),
  }));
}

function optionsOf(body: Omit<z.output<typeof bodies.publish>, 'channel' | 'data'>): PublishOptions {
  return { tags: body.tags, skipHistory: body.skip_history, idempotencyKey: body.idempotency_key };
}

/** @throws HttpError 422 */
function targetOf({ user, client }: { user?: string | undefined; client?: string | undefined }): Target {
  if (client !== undefined) return { client };
  if (user !== undefined) return { user };
  throw new HttpError(422, 'body: Must name a user or a client', {
    details: [{ path: 'body', reason: 'Must name a user or a client' }],
  });
}

function infoOf({ client, user, info, channelInfo }: Present) {
  return {
    client,
    user,
    ...(info !== undefined && { conn_info: info }),
    ...(channelInfo !== undefined && { chan_info: channelInfo }),
  };
}

/** What a publication to one of many channels came to. */
function failed(error: unknown): { error: { code: number; message: string } } {
  if (!(error instanceof ReplyError || error instanceof BrokerUnavailable)) throw error;
  const { code, message } = error instanceof ReplyError ? error : ERROR.internal;
  return { error: { code, message } };
}

function shown(error: unknown): unknown {
  if (error instanceof BrokerUnavailable) {
    return new HttpError(503, 'Channels cannot be reached', { headers: { 'Retry-After': '1' } });
  }
  if (!(error instanceof ReplyError)) return error;
  const status = error.code === ERROR.unknownChannel.code ? 404 : 409;
  return new HttpError(status, `${error.message} (${error.code})`);
}
