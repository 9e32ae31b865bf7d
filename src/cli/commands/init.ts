import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { makeDirectory } from '../../platform/make-directory.ts';
import { parse, TidegateError } from '../../spec/index.ts';
import { type Answers, documentOf } from '../init/answers.ts';
import { commentedSpec } from '../init/commented-spec.ts';
import { interview } from '../init/interview.ts';
import { EXIT } from '../report.ts';

interface InitOptions extends Answers {
  readonly yes: boolean;
  readonly force: boolean;
}

/** `tidegate init`: writes a first spec with comments, after a few questions where somebody can answer them. */
export async function init(file: string | undefined, options: InitOptions): Promise<void> {
  const { yes, force, ...known } = options;
  const answers = process.stdin.isTTY && !yes ? await askAtTerminal(known) : known;
  if (answers.host === undefined) {
    throw TidegateError.of('TG1002', '--host', 'Nobody can be asked for it here', 'Give --host <name>');
  }
  const document = documentOf(answers);
  const { metadata } = parse(document);
  const text = commentedSpec(document);
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  const path = file ?? `environments/${metadata.name}.yaml`;
  write(path, text, force);
  console.log(`${path} is written. What may come next:`);
  console.log(`  tidegate doctor ${path}   tells what the cluster lacks`);
  console.log(`  tidegate up ${path}       brings it into the cluster`);
  console.log(`  tidegate synth ${path}    writes its Kubernetes objects, for Git`);
}

async function askAtTerminal(known: Answers): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Lines that come before their question, as they do when they are pasted, wait in the iterator.
  const lines = terminal[Symbol.asyncIterator]();
  const ask = async (question: string, preset: string) => {
    terminal.setPrompt(`${question} (${preset}): `);
    terminal.prompt();
    const { done, value } = await lines.next();
    // Ctrl-C and Ctrl-D end the questions, and nothing is written.
    if (done) process.exit(EXIT.interrupted);
    return value;
  };
  const answers = await interview(known, ask, (sentence) => console.error(sentence));
  terminal.close();
  return answers;
}

function write(path: string, text: string, force: boolean): void {
  try {
    makeDirectory(dirname(path));
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw TidegateError.of('TG6002', path, 'Nothing was written over it');
    throw TidegateError.of('TG6003', path, `The spec cannot be written there (${code})`);
  }
}
