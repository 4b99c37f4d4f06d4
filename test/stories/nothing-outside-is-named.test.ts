import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { status } from '@grpc/grpc-js';
import { START, TALKS } from '../support/raw-clients.js';
import { ECHO_MODELS, serveReal, type RealServer } from '../support/real-server.js';

/** Models that exist, but not under that name; files that exist, but are not for callers. */
const NAMES = [
  '../models/echo',
  './echo',
  'echo/',
  'echo/../echo',
  'echo/earshot.json',
  'echo\0',
  'ECHO',
  ' echo',
  '../../../models/banking-intents',
  'banking-intents',
  '/etc/passwd',
  '%2e%2e%2fecho',
  'file:///etc/passwd',
  '__proto__',
  'constructor',
];

const PATHS = [
  '/../package.json',
  '/..%2fpackage.json',
  '/%2e%2e/package.json',
  '/samples/../package.json',
  '/samples/..%2f..%2fpackage.json',
  '/samples/%2e%2e/%2e%2e/package.json',
  '/samples/..\\..\\package.json',
  '/samples/',
  '/samples',
  '/index.html',
  '/live.js/../../package.json',
  '/models/echo/earshot.json',
  '/__proto__',
  '/constructor',
  '//package.json',
  '/live.js%00.html',
];

describe('Nothing outside what is served can be named', () => {
  let server: RealServer;
  before(async () => {
    server = await serveReal({ models: ECHO_MODELS });
  });
  after(() => server.running.drain());

  for (const [wire, talk] of Object.entries(TALKS))
    it(`as a model over ${wire}`, async () => {
      for (const model of NAMES) {
        const { messages, end } = await talk(server, [{ ...START, model }]);
        assert.equal(messages.at(-1)?.code, 'model_not_found', JSON.stringify(model));
        assert.equal(end, wire === 'grpc' ? status.NOT_FOUND : 4404);
      }
    });

  it('as a model to classify with', async () => {
    for (const model of NAMES) {
      const response = await fetch(`http://${server.http}/v1/classify?model=${encodeURIComponent(model)}`, {
        method: 'POST',
        body: 'x',
      });
      assert.equal(response.status, 404, JSON.stringify(model));
    }
  });

  it('as a path, which this client sends exactly as written', async () => {
    const [host, port] = server.http.split(':');
    const secret = readFileSync('package.json', 'utf8').slice(0, 40);
    for (const path of PATHS) {
      const [code, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
        const asked = request({ host, port, path }, (response) => {
          let text = '';
          response.on('data', (part: Buffer) => (text += part.toString()));
          response.on('end', () => resolve([response.statusCode, text]));
        });
        asked.on('error', reject);
        asked.end();
      });
      assert.ok(code === 404 || code === 400, `${path} was answered with ${code}`);
      assert.ok(!body.includes(secret));
    }
  });
});
