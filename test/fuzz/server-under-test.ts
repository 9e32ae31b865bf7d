import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resident memory of a process, in megabytes. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}

/** V8 gives back what it had grown by once little has happened for some ten seconds. */
const SETTLE_SECONDS = 30;

/** The least that is resident within half a minute in which nobody comes. */
export async function settledMegabytes(pid: number): Promise<number> {
  let least = residentMegabytes(pid);
  for (let second = 0; second < SETTLE_SECONDS; second += 1) {
    await sleep(1_000);
    least = Math.min(least, residentMegabytes(pid));
  }
  return least;
}

/** One of the server's figures, from /metrics. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
