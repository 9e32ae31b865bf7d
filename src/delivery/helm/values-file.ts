import { Document, isMap, isScalar, type Pair } from 'yaml';
import { z } from 'zod';
import { Values } from './values.ts';

/** `values.yaml`: the defaults, each with its meaning above it. */
export function valuesFile(heading: string): string {
  const document = new Document(Values.parse({}));
  document.commentBefore = ` ${heading}`;
  describeFields(document.contents, Values);
  return document.toString({ lineWidth: 0 });
}

function describeFields(node: unknown, schema: z.ZodType): void {
  if (!isMap(node) || !(schema instanceof z.ZodObject)) return;
  for (const pair of node.items as Pair[]) {
    const field = schema.shape[String(isScalar(pair.key) ? pair.key.value : pair.key)] as
      | z.ZodType
      | undefined;
    if (field === undefined || !isScalar(pair.key)) continue;
    pair.key.commentBefore = ` ${field.description}`;
    describeFields(pair.value, field instanceof z.ZodPrefault ? (field.unwrap() as z.ZodType) : field);
  }
}
