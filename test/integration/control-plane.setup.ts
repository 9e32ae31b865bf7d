import type { TestProject } from 'vitest/node';
import { startControlPlane } from '../cluster/control-plane/start.ts';
import { installCustomResources } from '../cluster/custom-resources.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Path of a kubeconfig for a real API server that has Tidegate's and Gateway API's custom resources. */
    kubeconfig: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await startControlPlane();
  try {
    await installCustomResources(controlPlane.kubeconfig);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
  project.provide('kubeconfig', controlPlane.kubeconfig);
  return () => controlPlane.stop();
}
