export { clusterError, connect } from './connect.ts';
export { type EnsuredSecret, ensureSecrets } from './secrets.ts';
