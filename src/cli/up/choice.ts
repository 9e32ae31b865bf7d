import { type Environment, TidegateError } from '../../spec/index.ts';
import { nearest } from '../nearest.ts';

/**
 * The environment that is meant.
 *
 * @param wanted its name, or `namespace/name`; not needed where there is one alone
 * @throws TidegateError TG5003 when none is of that name, TG6007 when several may be meant
 */
export function chosen(environments: readonly Environment[], wanted: string | undefined): Environment {
  const keyOf = ({ metadata }: Environment) => `${metadata.namespace}/${metadata.name}`;
  const meant = environments.filter(
    (one) => wanted === undefined || wanted === one.metadata.name || wanted === keyOf(one),
  );
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only;
  if (meant.length > 1) {
    const found = meant.map(keyOf).join(', ');
    throw TidegateError.of('TG6007', '', `There are ${found}`);
  }
  const names = environments.map(({ metadata }) => metadata.name);
  const near = nearest(wanted ?? '', names);
  const others = near.length > 0 ? `the nearest is ${near.join(', ')}` : `there are ${names.join(', ')}`;
  throw TidegateError.of(
    'TG5003',
    wanted ?? '',
    `No file describes it; ${others}`,
    'Give the name of one that is there',
  );
}
