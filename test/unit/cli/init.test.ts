import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Answers, documentOf } from '../../../src/cli/init/answers.ts';
import { commentedSpec } from '../../../src/cli/init/commented-spec.ts';
import { interview } from '../../../src/cli/init/interview.ts';
import { parse } from '../../../src/spec/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidegate-init-'));
afterAll(() => rmSync(directory, { recursive: true }));

const tidegate = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('node', ['src/cli/main.ts', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};

/** What somebody gets who takes away the # of each line that shows a default. */
function withOffered(text: string): string {
  const offered = /^ {2}# (?=(?: {2}# )*(?: {2})*[a-z]\w*:|(?: {2})+#)/i;
  return text
    .split('\n')
    .map((line) => line.replace(offered, '  '))
    .join('\n');
}

describe('GIVEN answers', () => {
  it.each<Answers>([
    { host: 'chat.example.com' },
    { host: 'chat.example.com', name: 'talk', namespace: 'talk-prod', gateway: 'infra/public' },
    { host: 'chat.example.com', gateway: 'public', redis: 'none' },
    { host: 'chat.example.com', redis: 'redis.example.com:6380', postgres: 'postgres.example.com' },
  ])('WHEN they are %j THEN the spec with comments is what they say, and right', (answers) => {
    const document = documentOf(answers);
    const text = commentedSpec(document);
    expect(parseYaml(text)).toEqual(document);
    expect(parse(parseYaml(text))).toEqual(parse(document));
  });

  it('WHEN every # of a default is taken away THEN the environment is the same', () => {
    const document = documentOf({ host: 'chat.example.com' });
    const changed = parseYaml(withOffered(commentedSpec(document)));
    expect(Object.keys(changed.spec)).toEqual([
      'host',
      'route',
      'redis',
      'postgres',
      'autoscaling',
      'drain',
      'retention',
    ]);
    expect(parse(changed)).toEqual(parse(document));
  });
});

describe('GIVEN somebody who is asked', () => {
  const answered = async (known: Answers, replies: readonly string[]) => {
    const left = [...replies];
    const asked: string[] = [];
    const told: string[] = [];
    const answers = await interview(
      known,
      async (question, preset) => {
        asked.push(`${question} (${preset})`);
        return left.shift() ?? '';
      },
      (sentence) => told.push(sentence),
    );
    return { answers, asked, told };
  };

  it('WHEN an answer cannot be THEN the reason is told and it is asked again', async () => {
    const { answers, told } = await answered({}, ['Not A Host', 'chat.example.org', '', '', 'odd', 'nginx']);
    expect(told).toEqual([
      'Must be a DNS name in lower case, for example chat.example.com.',
      'The class name does not say which controller serves it.',
    ]);
    expect(answers).toEqual({
      host: 'chat.example.org',
      name: 'chat',
      namespace: 'chat',
      ingress: 'nginx',
      redis: 'standalone',
      postgres: 'standalone',
    });
  });

  it('WHEN something was given already THEN it is not asked for', async () => {
    const known = { host: 'chat.example.org', gateway: 'infra/public', redis: 'none' };
    expect((await answered(known, [])).asked).toEqual([
      'Name (chat)',
      'Namespace (chat)',
      'Postgres: standalone, or the host of one that exists (standalone)',
    ]);
  });
});

describe('GIVEN tidegate init', () => {
  it('WHEN it has written a file THEN that is valid, and it is not overwritten without --force', () => {
    const file = join(directory, 'environments', 'chat.yaml');
    expect(tidegate('init', file, '--host', 'chat.example.com')).toMatchObject({ status: 0, stderr: '' });
    expect(tidegate('validate', file).stdout).toBe('chat/chat is right\n');

    writeFileSync(file, 'mine');
    expect(tidegate('init', file, '--host', 'chat.example.com')).toEqual({
      status: 1,
      stdout: '',
      stderr: `tidegate: TG6002 ${file}: Nothing was written over it. Choose another file, or give --force to write over it.\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(tidegate('init', file, '--host', 'chat.example.com', '--force').status).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('host: chat.example.com');
  });

  it.each([
    [['init', '-'], 1, 'TG1002 --host: Nobody can be asked for it here. Give --host <name>.'],
    [['init', '-', '--host', 'Bad_Host'], 1, 'TG1003 spec.host: Must be a DNS name in lower case'],
    [['init', '-', '--host', 'a.b', '--ingress', 'x', '--gateway', 'y'], 2, 'cannot be used with option'],
  ])('WHEN it is called as %j THEN it says what is wrong', (args, code, sentence) => {
    const { status, stdout, stderr } = tidegate(...args);
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toContain(sentence);
  });
});
