import { request as requestClear } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Config } from '../config.js';

/** Where a server listens, or is configured to listen. */
export type Place = Pick<Config, 'host' | 'port' | 'tlsCert'>;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Gets a path over HTTP or HTTPS; rejects with the reason. Accepts any certificate, because nothing secret is sent. */
export const ask = ({ host, port, tlsCert }: Place, path: string, timeoutMs: number): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = tlsCert === null ? requestClear : requestSecure;
    const asked = request({ host, port, path, timeout: timeoutMs, rejectUnauthorized: false }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`it has said nothing for ${timeoutMs} ms`)));
    asked.on('error', reject);
    asked.end();
  });
