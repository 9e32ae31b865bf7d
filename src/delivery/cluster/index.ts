export { type Adopted, adopt } from './adopt.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { type Comparison, compare, type Difference } from './difference.ts';
export type { FieldChange } from './field-changes.ts';
export { leftBehind } from './left-behind.ts';
export { ObjectApi } from './object-api.ts';
export { refusal } from './refusal.ts';
export { ensureSecrets } from './secrets.ts';
