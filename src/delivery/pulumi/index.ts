export { readEnvironments } from '../environment-files.ts';
export { readExtended } from '../extension-file.ts';
export type { Late, RealtimeEnvironmentArgs } from './late.ts';
export { RealtimeEnvironment, type RealtimeEnvironmentOptions } from './realtime-environment.ts';
