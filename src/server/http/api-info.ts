import type { Settings } from '../../spec/settings.ts';

/** Name, version, contact and licence, as the settings have them. */
export type ApiInfo = Settings['app'];

/** The `info` of an OpenAPI or AsyncAPI document. */
export function infoOf({ name, version, contact, license }: ApiInfo): {
  title: string;
  version: string;
  contact?: { name?: string; url?: string; email?: string };
  license?: { name: string; url?: string };
} {
  const given = <T extends object>(values: T) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  const { name: licenseName, url } = license;
  return {
    title: name,
    version,
    ...(Object.keys(given(contact)).length > 0 && { contact: given(contact) }),
    ...(licenseName !== undefined && { license: { name: licenseName, ...(url !== undefined && { url }) } }),
  };
}
