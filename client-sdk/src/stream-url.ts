import { EarshotError } from './earshot-error.js';

/**
 * The `ws:` or `wss:` address of the stream; `url` may be relative to `relativeTo`. Without a path it gets `/v1/stream`. Throws
 * EarshotError `bad_request` when it is not a valid address.
 */
export function streamUrl(url: string | URL, relativeTo?: string): URL {
  const address = URL.canParse(String(url), relativeTo) ? new URL(url, relativeTo) : null;
  if (address === null || !/^(ws|http)s?:$/.test(address.protocol)) {
    throw new EarshotError('bad_request', `url ${JSON.stringify(url)} is not a ws:, wss:, http: or https: address`);
  }
  if (address.hash !== '')
    throw new EarshotError('bad_request', `url ends in ${JSON.stringify(address.hash)}, which no connection carries`);
  address.protocol = address.protocol.replace('http', 'ws');
  if (address.pathname === '/') address.pathname = '/v1/stream';
  return address;
}
