export { readEnvironments } from '../environment-files.ts';
export type { Late, RealtimeEnvironmentArgs } from './late.ts';
export { RealtimeEnvironment } from './realtime-environment.ts';
