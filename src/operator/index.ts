export { WAKE } from './environment/hibernation.ts';
export { type AdapterOptions, runMetricsAdapter } from './metrics-adapter/run.ts';
export { kindRules, operatorRules, type PolicyRule } from './rules.ts';
export { type OperatorOptions, runOperator } from './run.ts';
