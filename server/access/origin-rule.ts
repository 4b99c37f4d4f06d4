import { isIP } from 'node:net';

/** Which pages' scripts may speak to the server. Browsers tell where a page is from; other programs need not. */
export interface OriginRule {
  /** Origins that may, beside pages of the server's own and pages on loopback. */
  readonly allowed: readonly string[];
  /**
   * Whether a page is the server's own when its host name is the request's. Where nobody is asked who they are it is not: whoever owns a name can let
   * it point at this machine (DNS rebinding), so only addresses count.
   */
  readonly trustsHostNames: boolean;
}

/** Where a request says that its page is from, and by which host name it called the server. */
export interface Provenance {
  readonly origin: string | null;
  readonly host: string | null;
}

/** Whether the request may be answered; `own`, where a caller has it, is the whole list for its credentials. */
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
