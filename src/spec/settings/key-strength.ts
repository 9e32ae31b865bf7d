import type { z } from 'zod';

/** Bits below which a key can be guessed; `openssl rand -hex 32` has far more. */
const LEAST_BITS = 80;

/** What examples have in place of a key. Random text of that length practically never holds one. */
const PLACEHOLDER =
  /change[-_ ]?(this|me|it)|change[-_ ]?in[-_ ]?production|your[-_ ](secret|key|token)|(super|my)[-_ ]?secret|secret[-_ ]?key|placeholder|insecure|password|example/i;

/**
 * Why a key must not be relied on, in a sentence without its full stop; undefined when it may. It is an estimate from
 * the text alone: it finds placeholders, repetitions and sequences, not a poem.
 */
export function weaknessOf(key: string): string | undefined {
  if (PLACEHOLDER.test(key)) return 'It looks like the placeholder of an example';
  return bitsOf(key) < LEAST_BITS ? 'It repeats itself too much to be random' : undefined;
}

/** Entropy of the characters, or of the steps between them where that is less, over the part that does not repeat. */
function bitsOf(key: string): number {
  const codes = [...key].map((character) => character.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - (codes[index] ?? 0));
  return periodOf(codes) * Math.min(entropy(codes), entropy(steps));
}

/** After how many characters the text begins anew; its length when it does not. */
function periodOf(codes: readonly number[]): number {
  for (let period = 1; period <= codes.length / 2; period += 1) {
    if (codes.every((code, index) => index < period || code === codes[index - period])) return period;
  }
  return codes.length;
}

/** Shannon's, in bits a symbol. */
function entropy(symbols: readonly number[]): number {
  const counts = Map.groupBy(symbols, (symbol) => symbol);
  let bits = 0;
  for (const { length } of counts.values()) {
    const share = length / symbols.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

interface Keyed {
  readonly app: { readonly environment: 'production' | 'development' };
  readonly auth: {
    readonly tokenKey?: string | undefined;
    readonly acceptedTokenKeys: readonly string[];
  };
}

/** Refuses weak keys, but in development. */
export function strongKeys({ app, auth }: Keyed, context: z.RefinementCtx): void {
  if (app.environment === 'development') return;
  const keys = [
    ...(auth.tokenKey === undefined ? [] : [{ path: ['auth', 'tokenKey'], key: auth.tokenKey }]),
    ...auth.acceptedTokenKeys.map((key, index) => ({ path: ['auth', 'acceptedTokenKeys', index], key })),
  ];
  for (const { path, key } of keys) {
    const weakness = weaknessOf(key);
    if (weakness === undefined) continue;
    context.addIssue({ code: 'custom', path, message: weakness, params: { code: 'TG2007' } });
  }
}
