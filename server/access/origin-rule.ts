import { isIP } from 'node:net';

/** Which web pages may call the server. Browsers always send a page's origin; other programs need not. */
export interface OriginRule {
  /** Origins that may, besides the server's own pages and pages on loopback. */
  readonly allowed: readonly string[];
  /**
   * Whether a page counts as the server's own when its host name is that of the request. Without authentication it does not:
   * whoever owns a name can make it point to this machine (DNS rebinding), so only IP addresses count.
   */
  readonly trustsHostNames: boolean;
}

/** The request's `Origin` header, which names its page's origin, and its `Host` header; null where absent. */
export interface Provenance {
  readonly origin: string | null;
  readonly host: string | null;
}

/** Whether the request may be answered; `own`, if not null, is the only list that applies to the caller's credentials. */
export const isFromAllowedPage = (
  { origin, host }: Provenance,
  own: readonly string[] | null,
  { allowed, trustsHostNames }: OriginRule,
): boolean => {
  if (origin === null) return true;
  if (own !== null) return own.includes(origin);
  if (allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (isLoopbackName(page.hostname)) return true;
  return page.host === host && (trustsHostNames || isIP(bare(page.hostname)) !== 0);
};

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** Whether a host name or address is this machine's own. */
export const isLoopbackName = (hostname: string): boolean => {
  const name = bare(hostname);
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
};
