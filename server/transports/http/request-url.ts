import type { IncomingMessage } from 'node:http';

const ORIGIN = 'http://localhost';

/** The path and query that were asked for. What is no URL, such as `//`, is a path that nobody serves. */
export const targetOf = ({ url = '/' }: IncomingMessage): Pick<URL, 'pathname' | 'searchParams'> =>
  URL.canParse(url, ORIGIN) ? new URL(url, ORIGIN) : { pathname: url, searchParams: new URLSearchParams() };
