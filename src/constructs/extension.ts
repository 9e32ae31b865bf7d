import type { Construct, IConstruct } from 'constructs';
import type { ExtraRule } from '../spec/index.ts';
import { checkExtension } from './extension-check.ts';
import type { Kind } from './kinds.ts';
import type { EnvironmentConstruct, PartClasses } from './parts.ts';

/** Visits every construct of an environment, objects included, once all of them are there; as an `IAspect` of AWS CDK. */
export interface Aspect {
  visit(construct: IConstruct): void;
}

/**
 * What a company adds to every environment, or does differently. It is made once and holds in every front door, so it has
 * to be pure like the render: no clock, no randomness, no variables of the process, no network.
 */
export interface Extension {
  /** Rules beside Tidegate's own; they are checked when those hold. None by default. */
  readonly rules?: readonly ExtraRule[];
  /** Classes that stand for parts, by the name of the part. None by default. */
  readonly parts?: Partial<PartClasses>;
  /**
   * Adds constructs to an environment, or changes those that are there.
   *
   * @param environment the environment with all of its parts
   * @param scope where added constructs go; their objects get the environment's namespace, and labels of its own
   */
  readonly extend?: (environment: EnvironmentConstruct, scope: Construct) => void;
  /** Visit all constructs at the end, one after the other. None by default. */
  readonly aspects?: readonly Aspect[];
  /**
   * Kinds of objects that environments have because of this extension, and would not have otherwise; they live in a
   * namespace. The operator watches them, and its rights follow from them. None by default.
   */
  readonly kinds?: readonly Kind[];
}

/**
 * Types and checks the default export of a `tidegate.config.ts`.
 *
 * @throws TidegateError TG1421 when it is no extension
 * @example
 * export default defineExtension({
 *   aspects: [{ visit: (node) => ApiObject.isApiObject(node) && node.metadata.addLabel('acme.example/team', 'chat') }],
 * });
 */
export function defineExtension(extension: Extension): Extension {
  checkExtension(extension);
  return extension;
}
