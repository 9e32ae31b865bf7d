import type { AskedRedis } from '../store/asked-redis.ts';

const KEY = 'tidegate:load';
/** Who has not told its number for so long has gone. */
const FORGOTTEN_MS = 20_000;

/**
 * Tells the sockets of a replica, and gives those of all that have told theirs lately, by Redis' clock.
 *
 * Key: numbers by replica. Arguments: the replica, its number, milliseconds after which one is forgotten.
 */
const TELL = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %.0f', ARGV[2], now))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local numbers = {}
local all = redis.call('HGETALL', KEYS[1])
for index = 1, #all, 2 do
  local number, at = string.match(all[index + 1], '^(%d+) (%d+)$')
  if number and math.abs(now - tonumber(at)) < tonumber(ARGV[3]) then
    table.insert(numbers, tonumber(number))
  else
    redis.call('HDEL', KEYS[1], all[index])
  end
end
return numbers`;

/** How many sockets each replica has. */
export class FleetLoad {
  readonly #redis: AskedRedis;
  readonly #replica: string;

  /** @param replica id of this one */
  constructor(redis: AskedRedis, replica: string) {
    this.#redis = redis;
    this.#replica = replica;
  }

  /** Tells the sockets of this replica. @returns those of all, this one's too; undefined while Redis is away */
  tell(own: number): Promise<readonly number[] | undefined> {
    return this.#redis.ask(
      (client) => client.eval(TELL, 1, KEY, this.#replica, own, FORGOTTEN_MS) as Promise<number[]>,
    );
  }

  /** This replica takes no clients any more. */
  async leave(): Promise<void> {
    await this.#redis.ask((client) => client.hdel(KEY, this.#replica));
  }
}
