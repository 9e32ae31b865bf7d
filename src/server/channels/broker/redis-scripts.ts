import type { Redis, RedisOptions } from 'ioredis';

/**
 * What happens to a stream in Redis, each step whole or not at all.
 *
 * A stream is a Redis Stream whose ids are the offsets, and a hash with its epoch (`e`) and last offset (`o`), which
 * outlives the publications. An epoch begins when there is no such hash: the stream was never there, or was lost.
 */

const POSITION = `
local function position(meta, stream, newEpoch, ttl, emptyTtl)
  local epoch = redis.call('HGET', meta, 'e')
  if not epoch then
    epoch = newEpoch
    redis.call('HSET', meta, 'e', epoch, 'o', 0)
    redis.call('DEL', stream)
  end
  local offset = tonumber(redis.call('HGET', meta, 'o'))
  redis.call('EXPIRE', meta, offset > 0 and ttl or emptyTtl)
  return epoch, offset
end`;

/** Keys: meta, stream, once. Arguments: publication, channel, size, ttl, meta ttl, new epoch, once ttl or 0. */
const PUBLISH = `${POSITION}
local once = tonumber(ARGV[7]) > 0
if once then
  local seen = redis.call('HMGET', KEYS[3], 'o', 'e')
  if seen[1] then return {tonumber(seen[1]), seen[2]} end
end
local epoch, offset = '', 0
if tonumber(ARGV[3]) > 0 then
  epoch = position(KEYS[1], KEYS[2], ARGV[6], ARGV[5], ARGV[5])
  offset = redis.call('HINCRBY', KEYS[1], 'o', 1)
  redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[3], offset, 'd', ARGV[1])
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
if once then
  redis.call('HSET', KEYS[3], 'o', offset, 'e', epoch)
  redis.call('EXPIRE', KEYS[3], ARGV[7])
end
redis.call('PUBLISH', ARGV[2], 'p' .. offset .. ':' .. epoch .. ':' .. ARGV[1])
return {offset, epoch}`;

/**
 * Keys: meta, stream. Arguments: new epoch, meta ttl and that of an empty stream, and XRANGE or XREVRANGE with its bounds and
 * count, or nothing.
 */
const READ = `${POSITION}
local epoch, offset = position(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])
if not ARGV[4] then return {offset, epoch, {}} end
return {offset, epoch, redis.call(ARGV[4], KEYS[2], ARGV[5], ARGV[6], 'COUNT', ARGV[7])}`;

/** Keys: meta, stream. Arguments: epoch and offset that were seen, new epoch. */
const INVALIDATE = `
if redis.call('HGET', KEYS[1], 'e') ~= ARGV[1] then return end
if tonumber(redis.call('HGET', KEYS[1], 'o')) >= tonumber(ARGV[2]) then return end
redis.call('HSET', KEYS[1], 'e', ARGV[3], 'o', 0)
redis.call('DEL', KEYS[2])`;

export const CHANNEL_SCRIPTS = {
  channelPublish: { lua: PUBLISH, numberOfKeys: 3 },
  channelRead: { lua: READ, numberOfKeys: 2 },
  channelInvalidate: { lua: INVALIDATE, numberOfKeys: 2 },
} satisfies RedisOptions['scripts'];

type Argument = string | number | Buffer;

/** A Redis client that knows the scripts. */
export interface ChannelRedis extends Redis {
  channelPublish(...args: Argument[]): Promise<[offset: number, epoch: string]>;
  /** The entries are pairs of the id and its fields. */
  channelReadBuffer(...args: Argument[]): Promise<[number, Buffer, [Buffer, Buffer[]][] | null]>;
  channelInvalidate(...args: Argument[]): Promise<null>;
}
