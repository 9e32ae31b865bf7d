export { operatorRules, type PolicyRule } from './rules.ts';
export { type OperatorOptions, runOperator } from './run.ts';
