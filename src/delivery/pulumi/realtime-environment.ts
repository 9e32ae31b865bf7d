import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResource,
  type Output,
} from '@pulumi/pulumi';
import type { Extension } from '../../constructs/index.ts';
import { endpoints } from '../../spec/index.ts';
import { planOf, type RealtimeEnvironmentArgs } from './late.ts';
import { COMPONENT } from './package-schema.ts';
import { resourceClass } from './resource-class.ts';
import { STEPS } from './step.ts';

export interface RealtimeEnvironmentOptions extends ComponentResourceOptions {
  /** What a company adds to environments, or replaces in them; nothing by default. */
  readonly extension?: Extension;
}

/**
 * A realtime environment as a Pulumi component: every Kubernetes object of it is a typed child.
 *
 * Provider, transforms, protection and so on come to the children from the component's options. It is complete when
 * its stores and its server are ready.
 *
 * @example
 * new RealtimeEnvironment('chat', {
 *   apiVersion: 'tidegate.dev/v1alpha1',
 *   kind: 'RealtimeEnvironment',
 *   metadata: { name: 'chat', namespace: 'chat-prod' },
 *   spec: { host: 'chat.example.com', route: { gateway: { name: 'public', namespace: 'infra' } } },
 * });
 */
export class RealtimeEnvironment extends ComponentResource {
  /** Where clients connect, for example `wss://chat.example.com`. */
  readonly url: Output<string>;
  /** Namespace of every object; it has to exist. */
  readonly namespace: Output<string>;
  /** The Kubernetes objects, in the order in which they are created. */
  readonly objects: readonly CustomResource[];

  /**
   * @param name name of the resource; the children are called `<name>/<object>`
   * @param args the environment, as it stands in a file
   * @throws SpecError when it breaks the schema or a rule; one that only an output's value breaks fails the run
   */
  constructor(
    name: string,
    args: RealtimeEnvironmentArgs,
    { extension, ...options }: RealtimeEnvironmentOptions = {},
  ) {
    const { environment, children } = planOf(args, extension);
    super(COMPONENT, name, {}, options);
    const objects: CustomResource[] = [];
    for (const step of STEPS) {
      const dependsOn = [...objects];
      for (const child of children.filter((one) => one.step === step)) {
        const Resource = resourceClass(child.manifest);
        objects.push(
          new Resource(`${name}/${child.manifest.metadata.name}`, child.manifest as never, {
            ...child.options,
            parent: this,
            dependsOn,
          }),
        );
      }
    }
    this.objects = objects;
    this.url = environment.apply(({ spec }) => endpoints(spec)[0]?.url ?? '');
    this.namespace = environment.apply(({ metadata }) => metadata.namespace);
    this.registerOutputs({ url: this.url, namespace: this.namespace });
  }
}
