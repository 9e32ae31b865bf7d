import type { ApiKeyScope } from '../../spec/settings/api-key.ts';
import { HttpError } from '../app/http-error.ts';

const CHALLENGE = 'Bearer realm="tidegate"';

/** 401 for who brings no proof where one is needed. */
export function proofNeeded(): HttpError {
  return new HttpError(401, 'A token is needed', {
    check: 'auth',
    headers: { 'WWW-Authenticate': CHALLENGE },
  });
}

/** 401 for who brings a proof that is not good; the message must not repeat it. */
export function proofRefused(message: string): HttpError {
  const challenge = `${CHALLENGE}, error="invalid_token", error_description="${message}"`;
  return new HttpError(401, message, { check: 'auth', headers: { 'WWW-Authenticate': challenge } });
}

const API_KEY_CHALLENGE = { 'WWW-Authenticate': 'ApiKey realm="tidegate"' };

/** 401 for another server that brings no API key. */
export function apiKeyNeeded(): HttpError {
  return new HttpError(401, 'An API key is needed', { check: 'auth', headers: API_KEY_CHALLENGE });
}

/** 401 for who brings an API key that is none. */
export function apiKeyRefused(): HttpError {
  return new HttpError(401, 'The API key is not valid', { check: 'auth', headers: API_KEY_CHALLENGE });
}

/** 403 for who brings an API key that is for something else. */
export function apiKeyOfOtherScope(needed: ApiKeyScope): HttpError {
  return new HttpError(403, `The API key has not the scope ${needed}`, { check: 'auth' });
}

/** 400 for a request that carries its proof in a way that cannot be right. */
export function proofUnclear(message: string): HttpError {
  return new HttpError(400, message, { check: 'auth' });
}

/** 403 for who is known, and may not do this. */
export function notAllowed(): HttpError {
  return new HttpError(403, 'This user may not do this', { check: 'allow' });
}

/** 503 while the keys that a token needs cannot be fetched. */
export function keysAway(retryAfterSeconds: number): HttpError {
  const headers = { 'Retry-After': String(retryAfterSeconds) };
  return new HttpError(503, 'Tokens cannot be checked now; try again', { check: 'keys', headers });
}

/** Whether it tells a client that it has not proved enough, or may not do what it wants. */
export function isDenial({ status, check }: HttpError): boolean {
  return (status === 401 || status === 403) && check !== 'origin' && check !== 'path';
}
