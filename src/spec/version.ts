import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Version of Tidegate; the default server image carries the same tag. */
export const VERSION: string = manifest.version;

export const API_GROUP = 'tidegate.dev';
export const API_VERSION = `${API_GROUP}/v1alpha1`;
export const KIND = 'RealtimeEnvironment';
export const PLURAL = 'realtimeenvironments';
