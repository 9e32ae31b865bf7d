export { readEnvironments } from '../environment-files.ts';
export { RealtimeEnvironment } from './realtime-environment.ts';
