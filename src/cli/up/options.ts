import type { ConnectOptions } from '../../delivery/cluster/index.ts';
import type { ExtensionOption } from '../extension-option.ts';

/** Options of `tidegate up`. */
export interface UpOptions extends ConnectOptions, ExtensionOption {
  readonly environment?: string;
  readonly createNamespace: boolean;
  readonly prune: boolean;
  readonly wait: boolean;
  /** Seconds to wait. */
  readonly timeout: number;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly output: 'text' | 'json';
}
