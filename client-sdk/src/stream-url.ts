import { EarshotError } from './earshot-error.js';

/** The address of the stream, perhaps relative to another; throws EarshotError `bad_request` when it is none. */
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
