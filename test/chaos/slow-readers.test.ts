import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { classified } from '../support/outcomes.js';
import { statelessCard } from '../support/cards.js';
import { shelfOf, silentObserver } from '../support/contexts.js';
import { ClientMessage, flattened, REFLECTED, ServerMessage, START, type WireMessage } from '../support/raw-clients.js';
import { framed, STREAM_INTENTS } from '../support/raw-grpc.js';
import { clientFrame, serverFrames, upgradedSocket } from '../support/raw-socket.js';
import { serveScripted, type ScriptedServer } from '../support/scripted-server.js';
import { babble, pcm16 } from '../support/tones.js';

/** So many and so long that an event with all scores has some 25 KiB, because kernels buffer megabytes. */
const LABELS = [...Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(200, '-')), 'background'];
const BEGIN = { ...START, top_k: 100, endpointing: { silence_ms: 200 } };
/** A second of talk and half a second of silence. */
const TALK = Buffer.concat([pcm16(babble(1, 3)), Buffer.alloc(16_000)]);
/** More talk than the server can announce to a client that does not read. */
const MOST_TALKS = 2_000;

/** A client that sends and does not read, until it is told to. */
interface DeafClient {
  send(message: object | Uint8Array): Promise<void>;
  /** Reads everything that was said, to the end of the connection. */
  read(): Promise<WireMessage[]>;
  close(): void;
}

const encoded = (message: object | Uint8Array): Uint8Array => {
  if (message instanceof Uint8Array) return ClientMessage.encode(ClientMessage.fromObject({ audio: message })).finish();
  const { type, ...fields } = message as { type: string };
  return ClientMessage.encode(ClientMessage.fromObject({ [type]: fields })).finish();
};

const decoded = (bytes: Uint8Array): WireMessage =>
  flattened(ServerMessage.toObject(ServerMessage.decode(bytes), REFLECTED));

/** Writes, and waits for room as long as the peer is there. */
const write = async (to: Socket | ClientHttp2Stream, bytes: Uint8Array): Promise<void> => {
  if (to.writable) to.write(bytes);
  for (let waits = 0; waits < 20 && to.writable && to.writableNeedDrain; waits++) await sleep(5);
};

const overWebSocket =
  (protocol: 'earshot.v1.json' | 'earshot.v1.proto') =>
  async (server: ScriptedServer): Promise<DeafClient> => {
    const raw = await upgradedSocket(server.http, '/v1/stream', protocol);
    raw.socket.pause();
    const isJson = protocol === 'earshot.v1.json';
    const payload = (message: object | Uint8Array) =>
      isJson && !(message instanceof Uint8Array) ? Buffer.from(JSON.stringify(message)) : encoded(message);
    return {
      send: (message) => {
        const bytes = isJson && message instanceof Uint8Array ? message : payload(message);
        return write(raw.socket, clientFrame(bytes, { opcode: isJson && !(message instanceof Uint8Array) ? 1 : 2 }));
      },
      read: async () => {
        raw.socket.resume();
        await raw.until((received) => serverFrames(received).at(-1)?.opcode === 8);
        const said = serverFrames(raw.received()).filter(({ opcode }) => opcode < 3);
        return said.map((frame) =>
          isJson ? (JSON.parse(frame.payload.toString()) as WireMessage) : decoded(frame.payload),
        );
      },
      close: () => raw.close(),
    };
  };

const overGrpc = (server: ScriptedServer): Promise<DeafClient> => {
  const session = connect(`http://${server.grpc}`);
  const call = session.request(STREAM_INTENTS);
  call.on('error', () => undefined);
  return Promise.resolve({
    send: (message) => write(call, framed(encoded(message))),
    read: async () => {
      const pieces: Buffer[] = [];
      call.on('data', (piece: Buffer) => pieces.push(piece));
      await once(call, 'end');
      const all = Buffer.concat(pieces);
      const messages: WireMessage[] = [];
      for (let at = 0; at + 5 <= all.length;) {
        const length = all.readUInt32BE(at + 1);
        messages.push(decoded(all.subarray(at + 5, at + 5 + length)));
        at += 5 + length;
      }
      return messages;
    },
    close: () => session.destroy(),
  });
};

const WIRES = {
  'ws-json': overWebSocket('earshot.v1.json'),
  'ws-proto': overWebSocket('earshot.v1.proto'),
  grpc: overGrpc,
} as const;

describe('A reader that never reads', function () {
  this.timeout(60_000);
  for (const [wire, open] of Object.entries(WIRES))
    it(`is warned once, loses stale tentative intents but no final, and is ended over ${wire}`, async () => {
      let leftOut = 0;
      const logits = LABELS.map((_, index) => (index === 0 ? 4 : 0));
      const server = await serveScripted({
        models: shelfOf(() => Promise.resolve(classified(logits)), statelessCard({ labels: LABELS })),
        observer: { ...silentObserver, tentativeLeftOut: () => (leftOut += 1) },
      });
      const client = await open(server);
      await client.send(BEGIN);
      for (let talks = 0; talks < MOST_TALKS && (talks < 5 || server.reception.count > 0); talks++)
        await client.send(TALK);
      assert.equal(server.reception.count, 0);
      const messages = await client.read();
      const finals = messages.filter(({ status }) => status === 'final').map(({ utterance }) => utterance);
      assert.ok(leftOut > 0 && finals.length > 40, `${leftOut} left out, ${finals.length} finals`);
      assert.deepEqual(
        finals,
        finals.map((_, index) => index),
      );
      assert.deepEqual(
        messages.filter(({ type }) => type === 'warning').map(({ code }) => code),
        ['slow_reader'],
      );
      assert.deepEqual([messages.at(-1)?.type, messages.at(-1)?.code], ['error', 'overloaded']);
      client.close();
      await server.close();
    });
});
