import { type Problem, parse, SpecError } from '../../spec/index.ts';
import { type Answers, documentOf, nameOf } from './answers.ts';

/** Puts one question; an empty answer takes the default. */
export type Ask = (question: string, preset: string) => Promise<string>;

interface Question {
  readonly field: keyof Answers;
  readonly text: string;
  /** Field of the spec that the answer becomes; what is wrong there is asked again. */
  readonly path: string;
  readonly preset: (answers: Answers) => string;
  readonly applies?: (answers: Answers) => boolean;
}

const QUESTIONS: readonly Question[] = [
  {
    field: 'host',
    text: 'Host name clients connect to',
    path: 'spec.host',
    preset: () => 'chat.example.com',
  },
  { field: 'name', text: 'Name', path: 'metadata.name', preset: ({ host = '' }) => nameOf(host) },
  {
    field: 'namespace',
    text: 'Namespace',
    path: 'metadata.namespace',
    preset: ({ name = '' }) => name,
  },
  {
    field: 'ingress',
    text: 'Ingress class',
    path: 'spec.route',
    preset: () => 'contour',
    applies: ({ gateway }) => gateway === undefined,
  },
  {
    field: 'redis',
    text: 'Redis: standalone, none, or the host of one that exists',
    path: 'spec.redis',
    preset: () => 'standalone',
  },
  {
    field: 'postgres',
    text: 'Postgres: standalone, or the host of one that exists',
    path: 'spec.postgres',
    preset: () => 'standalone',
  },
];

/** Asks for what is not known yet, and again for what cannot be. */
export async function interview(
  known: Answers,
  ask: Ask,
  tell: (sentence: string) => void,
): Promise<Answers> {
  let answers = known;
  for (const { field, text, path, preset, applies } of QUESTIONS) {
    if (answers[field] !== undefined || applies?.(answers) === false) continue;
    let wrong: Problem | undefined;
    do {
      const given = (await ask(text, preset(answers))).trim();
      answers = { ...answers, [field]: given === '' ? preset(answers) : given };
      wrong = problemAt(answers, path);
      if (wrong !== undefined) tell(`${wrong.reason}.`);
    } while (wrong !== undefined);
  }
  return answers;
}

function problemAt(answers: Answers, path: string): Problem | undefined {
  try {
    parse(documentOf(answers));
    return undefined;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.find((problem) => problem.path === path || problem.path.startsWith(`${path}.`));
  }
}
