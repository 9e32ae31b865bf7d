export { type ConnectOptions, connect } from './connect.ts';
export { refusal } from './refusal.ts';
export { ensureSecrets } from './secrets.ts';
