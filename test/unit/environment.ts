import type { EnvironmentInput } from '../../src/spec/index.ts';

/** The smallest environment that is right, with `spec` fields added or replaced. */
export function environment(spec: Record<string, unknown> = {}): EnvironmentInput {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'RealtimeEnvironment',
    metadata: { name: 'chat', namespace: 'chat-test' },
    spec: { host: 'chat.example.com', route: { ingress: { className: 'contour' } }, ...spec },
  } as EnvironmentInput;
}
