export { crd } from './crd.ts';
export { type Derived, derive } from './derive.ts';
export { ARITHMETIC } from './derived-values.ts';
export { durationMs } from './duration.ts';
export { endpoints } from './endpoints.ts';
export { Environment, type EnvironmentInput, type EnvironmentSpec } from './environment.ts';
export {
  describeProblem,
  ERRORS,
  type ErrorCode,
  type Problem,
  SpecError,
  TidegateError,
} from './errors.ts';
export type { ExternalRedis } from './external-redis.ts';
export type { ExtraRule } from './extra-rule.ts';
export { amount, type Resources, type SecretKey } from './field.ts';
export { EVICTED_AT_ONCE, KEPT_REVISIONS, PROBES, ROLLOUT, SCALING, STORE_PROBES } from './fleet.ts';
export { draft7, jsonSchema, partJsonSchema } from './json-schema.ts';
export { isLate, schemaAt } from './late.ts';
export type { MayBeLate } from './may-be-late.ts';
export type { Migrations } from './migrations.ts';
export { endpointOf, type S3 } from './object-store.ts';
export type { Observability } from './observability.ts';
export { layerOf, overlay } from './overlay.ts';
export type { OwnRedis, SentinelRedis, StoreCertificate } from './own-redis.ts';
export { SENTINEL_RESOURCES } from './own-redis.ts';
export { parse } from './parse.ts';
export { type Known, parseKnown } from './parse-known.ts';
export type { Sidecar, Volume } from './pod.ts';
export { type CloudNativePG, majorOf, type Postgres } from './postgres.ts';
export type { Redis } from './redis.ts';
export { REDIS_GRACE_SECONDS, type SentinelSizing, sentinelSizing } from './redis-sizing.ts';
export {
  enterPhase,
  lastPhase,
  type NextPhase,
  nextPhase,
  ROTATE,
  ROTATION_PHASES,
  type RotationPhase,
  type RotationState,
  rotateAnnotation,
  rotationRequest,
} from './rotation.ts';
export {
  CONTROLLERS,
  type Controller,
  controllerOf,
  type GatewayRoute,
  type IngressRoute,
  type Route,
} from './route.ts';
export type { Autoscaling, Drain } from './scaling.ts';
export type { Scheduling } from './scheduling.ts';
export {
  ACCEPTED_KEY,
  completedData,
  decoded,
  keysRead,
  LOGIN_KEY,
  newSecretData,
  newSecretValue,
  POSTGRES_LOGINS,
  readCredentials,
  type SecretData,
  secretData,
  TRANSIENT_KEYS,
} from './secret-data.ts';
export {
  type GeneratedRequirement,
  isFollowed,
  isGenerated,
  isRotated,
  POSTGRES_OWNER,
  type RotatedRequirement,
  SECRET_ROLES,
  type SecretRequirement,
  type SecretRole,
  secretRequirements,
} from './secret-requirements.ts';
export { DEFAULT_OVERLAP, type ExternalSecretSource } from './secrets.ts';
export { parseSection } from './section.ts';
export { imageOf, type Server } from './server.ts';
export { addressOf, REDIS_PORT, SENTINEL_PORT } from './settings/address.ts';
export { API_KEY_SCOPES, type ApiKeyScope, apiKeyEntry, isApiKeyName } from './settings/api-key.ts';
export { DrainSettings } from './settings/drain.ts';
export { LOG_LEVELS } from './settings/logging.ts';
export { MOST_WORKERS } from './settings/workers.ts';
export {
  type SettingInfo,
  Settings,
  type SettingsInput,
  settingInfos,
  TunableSettings,
  variableOf,
} from './settings.ts';
export { CONDITION_TYPES, type Condition, type ConditionType, EnvironmentStatus } from './status.ts';
export { API_GROUP, API_VERSION, KIND, PLURAL, VERSION } from './version.ts';
export { withoutDefaults } from './without-defaults.ts';
