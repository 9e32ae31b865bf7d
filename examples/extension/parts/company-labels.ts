import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Aspect } from 'tidegate/constructs';

/** Labels of every object, by which Acme finds who pays for it. */
export class CompanyLabels implements Aspect {
  readonly #labels: Readonly<Record<string, string>>;

  constructor(labels: Readonly<Record<string, string>>) {
    this.#labels = labels;
  }

  visit(construct: IConstruct): void {
    if (!ApiObject.isApiObject(construct)) return;
    for (const [key, value] of Object.entries(this.#labels)) construct.metadata.addLabel(key, value);
  }
}
