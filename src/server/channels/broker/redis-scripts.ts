import type { RedisOptions } from 'ioredis';
import type { RedisClient } from '../../store/redis-client.ts';

/**
 * What happens to a stream in Redis, each step whole or not at all.
 *
 * A stream is a Redis Stream whose ids are the offsets, and a hash with its epoch (`e`) and last offset (`o`), which
 * outlives the publications. An epoch begins when there is no such hash: the stream was never there, or was lost.
 *
 * A Redis that was restarted or promoted may lack the last publications, and nobody can tell by looking at it. So that no
 * offset means two publications, the first one under another replication id (`l`) leaps to the time in microseconds, which is
 * further than any stream got by counting, and tells which one it is after: who has seen that one has missed nothing. In the hash, `b` and `s` are where the last leap began and ended.
 */

const POSITION = `
local function lineage()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
end
local function position(meta, stream, newEpoch, ttl, emptyTtl)
  local known = redis.call('HMGET', meta, 'e', 'o', 'l')
  local epoch, offset, line = known[1], tonumber(known[2]), known[3]
  if not epoch then
    epoch, offset, line = newEpoch, 0, lineage()
    redis.call('HSET', meta, 'e', epoch, 'o', 0, 'l', line)
    redis.call('DEL', stream)
  end
  redis.call('EXPIRE', meta, offset > 0 and ttl or emptyTtl)
  return epoch, offset, line
end`;

/** The least leap, when a clock goes behind: far more than a Redis can have lost of one channel. */
const LEAP = 1_000_000;

/**
 * Keys: meta, stream, once. Arguments: publication, channel, size, ttl, meta ttl, new epoch, once ttl or 0, and PUBLISH or
 * SPUBLISH.
 */
const PUBLISH = `${POSITION}
local once = tonumber(ARGV[7]) > 0
if once then
  local seen = redis.call('HMGET', KEYS[3], 'o', 'e')
  if seen[1] then return {tonumber(seen[1]), seen[2]} end
end
local epoch, offset, place = '', 0, '0'
if tonumber(ARGV[3]) > 0 then
  local last, line
  epoch, last, line = position(KEYS[1], KEYS[2], ARGV[6], ARGV[5], ARGV[5])
  local now = lineage()
  offset = last + 1
  if line == now then
    place = string.format('%.0f', offset)
    redis.call('HSET', KEYS[1], 'o', offset)
    redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[3], offset, 'd', ARGV[1])
  else
    local time = redis.call('TIME')
    offset = math.max(last + ${LEAP}, time[1] * 1000000 + time[2])
    place = string.format('%.0f<%.0f', offset, last)
    redis.call('HSET', KEYS[1], 'o', offset, 'l', now, 'b', last, 's', offset)
    redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[3], offset, 'd', ARGV[1], 'a', last)
  end
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
if once then
  redis.call('HSET', KEYS[3], 'o', offset, 'e', epoch)
  redis.call('EXPIRE', KEYS[3], ARGV[7])
end
redis.call(ARGV[8], ARGV[2], 'p' .. place .. ':' .. epoch .. ':' .. ARGV[1])
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
local known = redis.call('HMGET', KEYS[1], 'e', 'o', 'b', 's')
if known[1] ~= ARGV[1] then return end
local seen = tonumber(ARGV[2])
local leapt = known[3] and seen > tonumber(known[3]) and seen < tonumber(known[4])
if seen <= tonumber(known[2]) and not leapt then return end
redis.call('HSET', KEYS[1], 'e', ARGV[3], 'o', 0)
redis.call('HDEL', KEYS[1], 'b', 's')
redis.call('DEL', KEYS[2])`;

export const CHANNEL_SCRIPTS = {
  channelPublish: { lua: PUBLISH, numberOfKeys: 3 },
  channelRead: { lua: READ, numberOfKeys: 2 },
  channelInvalidate: { lua: INVALIDATE, numberOfKeys: 2 },
} satisfies RedisOptions['scripts'];

type Argument = string | number | Buffer;

/** A Redis client that knows the scripts. */
export type ChannelRedis = RedisClient & ChannelCommands;

interface ChannelCommands {
  channelPublish(...args: Argument[]): Promise<[offset: number, epoch: string]>;
  /** The entries are pairs of the id and its fields. */
  channelReadBuffer(...args: Argument[]): Promise<[number, Buffer, [Buffer, Buffer[]][] | null]>;
  channelInvalidate(...args: Argument[]): Promise<null>;
}
