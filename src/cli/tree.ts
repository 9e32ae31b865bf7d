import { COMPONENT } from '../constructs/index.ts';

/** The part of an object that the tree shows. */
interface Listed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** Draws objects as a short tree, by component. */
export function tree(title: string, objects: readonly Listed[]): string {
  const groups = Map.groupBy(objects, (object) => object.metadata.labels?.[COMPONENT] ?? 'environment');
  const lines = [...groups].flatMap(([component, members], index) => {
    const last = index === groups.size - 1;
    const width = Math.max(...members.map((member) => member.kind.length));
    return [
      `${last ? '└─' : '├─'} ${component}`,
      ...members.map(
        (member, at) =>
          `${last ? '   ' : '│  '}${at === members.length - 1 ? '└─' : '├─'} ${member.kind.padEnd(width)}  ${member.metadata.name}`,
      ),
    ];
  });
  return [title, ...lines].join('\n');
}
