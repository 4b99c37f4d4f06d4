import type { IncomingMessage } from 'node:http';

/** What a request asks for. */
export type Target = Pick<URL, 'pathname' | 'searchParams'>;

/** The path and query that were asked for; a path is a path, also one that begins with two slashes. What is no URL is a path that nobody serves. */
export const targetOf = ({ url = '/' }: IncomingMessage): Target => {
  const address = url.startsWith('/') ? `http://localhost${url}` : url;
  if (URL.canParse(address)) return new URL(address);
  return { pathname: url.replace(/[?#].*$/s, ''), searchParams: new URLSearchParams() };
};
