/** A reference of an image, in its parts. */
export interface ImageReference {
  /** Registry and name, such as `ghcr.io/acme/chat`. */
  readonly repository: string;
  /** Last part of the repository, which a mirror in another registry keeps. */
  readonly name: string;
  /** What changes from release to release: `:tag`, `@digest` or both; empty when there is none. */
  readonly version: string;
}

// A tag holds no slash, so that the port of a registry is none.
const REFERENCE = /^(?<repository>.+?)(?<version>(?::[\w][\w.-]*)?(?:@[\w+.-]+:[0-9a-fA-F]+)?)$/;

/** Takes a reference of an image apart. */
export function imageReference(image: string): ImageReference {
  const { repository = image, version = '' } = REFERENCE.exec(image)?.groups ?? {};
  return { repository, name: repository.slice(repository.lastIndexOf('/') + 1), version };
}
