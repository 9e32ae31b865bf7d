import type { Figure, Goal, Load, Workload } from '../workload.ts';

const CLIENTS = 100;

/** How many times the 99th percentile is with a flood what it is without. */
function ratio(of: string): Figure {
  return { measured: 'p99Ratio', title: `p99 ratio, ${of}`, better: 'lower', byClock: true, digits: 2 };
}

/** Each client sends twenty messages a second, which come back to it; in every other turn one more floods the server. */
function flooded(flood: NonNullable<Load['flood']>, floodPath?: string): Load {
  const title = floodPath === undefined ? flood.replace('-', ' ') : 'chat';
  const path = floodPath === undefined ? {} : { floodPath };
  const figures = [ratio(title)];
  return { mode: 'flooded', flood, ...path, clients: CLIENTS, perSecond: 20 * CLIENTS, seconds: 2, figures };
}

function flooding(
  name: string,
  title: string,
  activity: Workload['activity'],
  loads: readonly Load[],
  contenders: readonly string[],
): Workload {
  const goals: readonly Goal[] = contenders.flatMap((contender) =>
    loads.flatMap(({ figures }) =>
      figures.map((figure) => ({ contender, figure: figure.title, atMost: 1.2 })),
    ),
  );
  return {
    name,
    title: `${title}, without and with one client that floods the server`,
    activity,
    loads,
    goals,
  };
}

export const flood = flooding(
  'flood',
  `Echo of ${CLIENTS} at 20/s each`,
  'flooded',
  [flooded('messages'), flooded('long-messages'), flooded('pings'), flooded('handshakes')],
  ['Tidegate', 'Tidegate channels'],
);

/** What is said in a chat is stored, which is work that goes on after the flood. */
export const floodChat = flooding(
  'flood-chat',
  `Echo of ${CLIENTS} at 20/s each, a chat beside it`,
  'flooded-chat',
  [flooded('messages', '/chat/flood')],
  ['Tidegate'],
);
