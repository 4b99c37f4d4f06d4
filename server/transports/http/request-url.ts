import type { IncomingMessage } from 'node:http';

/** The path and query of a request. */
export type Target = Pick<URL, 'pathname' | 'searchParams'>;

/**
 * The path and query of a request. Two slashes at the start belong to the path, not to a host name. What is not a URL becomes
 * a path that no route has.
 */
export const targetOf = ({ url = '/' }: IncomingMessage): Target => {
  const address = url.startsWith('/') ? `http://localhost${url}` : url;
  if (URL.canParse(address)) return new URL(address);
  return { pathname: url.replace(/[?#].*$/s, ''), searchParams: new URLSearchParams() };
};
