import { z } from 'zod';
import { type SettingInfo, unwrapped } from '../../spec/settings.ts';

/** What a variable's text means, by the type of the setting; what does not fit is left for the schema to refuse. */
export function typedValue(setting: SettingInfo, text: string): unknown {
  const schema = unwrapped(setting.schema);
  if (schema instanceof z.ZodUnion) {
    return schema.options.some((option) => option instanceof z.ZodNumber) ? number(text) : text;
  }
  if (schema instanceof z.ZodNumber) return number(text);
  if (schema instanceof z.ZodBoolean) return text === 'true' ? true : text === 'false' ? false : text;
  if (schema instanceof z.ZodArray) return holdsObjects(schema) ? json(text) : items(text);
  return text;
}

function holdsObjects({ element }: z.ZodArray): boolean {
  return element instanceof z.ZodObject || element instanceof z.ZodDiscriminatedUnion;
}

function number(text: string): unknown {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/** A list in a variable has commas, one in a file may have a line for each as well. */
function items(text: string): readonly string[] {
  const parts = text.split(/[,\n]/).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
