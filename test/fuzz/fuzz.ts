import { conversation } from './frames.ts';
import { Random } from './random.ts';
import { talk } from './talk.ts';

export interface FuzzReport {
  readonly frames: number;
  readonly conversations: number;
  /** One line for each answer that was not the right one, with the seed that repeats it. */
  readonly wrong: readonly string[];
  /** How often each fault was tried. */
  readonly faults: Readonly<Record<string, number>>;
}

const AT_ONCE = 50;

/** Sends at least so many frames to an echo endpoint, and holds each answer against RFC 6455. */
export async function fuzz(
  { port, path, frames, seed }: { port: number; path: string; frames: number; seed: number },
  progress: (frames: number) => void = () => {},
): Promise<FuzzReport> {
  let sent = 0;
  let conversations = 0;
  const wrong: string[] = [];
  const faults: Record<string, number> = {};
  async function lane(): Promise<void> {
    while (sent < frames && wrong.length < 20) {
      const own = seed + conversations;
      conversations += 1;
      const random = new Random(own);
      const said = conversation(random);
      sent += said.frames;
      faults[said.fault] = (faults[said.fault] ?? 0) + 1;
      const { echoes, code } = await talk(port, path, said, random);
      const expected = said.patient ? said.echoes : said.echoes.slice(0, echoes.length);
      const sameEchoes = JSON.stringify(echoes) === JSON.stringify(expected);
      const sameEnd = said.end.kind === 'gone' || code === said.end.code;
      if (!sameEchoes || !sameEnd) {
        const codes = said.end.kind === 'close' ? `, code ${code} for ${said.end.code}` : '';
        wrong.push(`seed ${own}, ${said.fault}: ${echoes.length} of ${said.echoes.length} echoes${codes}`);
      }
      progress(sent);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { frames: sent, conversations, wrong, faults };
}
