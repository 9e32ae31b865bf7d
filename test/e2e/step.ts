import { progress } from '../cluster/progress.ts';

/** One step of a story: said when it is done, with its time, and named in the error when it fails. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  try {
    const result = await work();
    progress(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${title}`);
    return result;
  } catch (error) {
    throw new Error(`Step “${title}”: ${(error as Error).message}`, { cause: error });
  }
}
