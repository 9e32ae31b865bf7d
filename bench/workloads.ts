import { connects } from './workloads/connects.ts';
import { echo } from './workloads/echo.ts';
import { flatOut1000, flatOut5000 } from './workloads/flat-out.ts';
import { flood, floodChat } from './workloads/flood.ts';
import { idleMemory } from './workloads/idle-memory.ts';
import { oneAtATime1000, oneAtATime5000 } from './workloads/one-at-a-time.ts';
import { replicas } from './workloads/replicas.ts';
import { slowReaders, slowReadersDropping } from './workloads/slow-readers.ts';

export const WORKLOADS = [
  flatOut1000,
  flatOut5000,
  oneAtATime1000,
  oneAtATime5000,
  echo,
  idleMemory,
  connects,
  replicas,
  slowReaders,
  slowReadersDropping,
  flood,
  floodChat,
] as const;
