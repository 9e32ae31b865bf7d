import { browserRules } from './browsers.ts';
import { capacityRules } from './capacity.ts';
import { channelRules } from './channels.ts';
import { clusterRules } from './clusters.ts';
import { credentialRules } from './credentials.ts';
import { proxyRules } from './proxies.ts';
import type { SpecRule } from './sections.ts';
import { storeRules } from './stores.ts';
import { variableRules } from './variables.ts';

/** Combinations over several sections that are refused, by topic, in the order they are reported. */
export const combinationRules: readonly SpecRule[] = [
  ...browserRules,
  ...proxyRules,
  ...capacityRules,
  ...channelRules,
  ...credentialRules,
  ...variableRules,
  ...storeRules,
  ...clusterRules,
];
