import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type ClientHttp2Session, type Http2Session } from 'node:http2';
import { connect as connectTcp, type AddressInfo, type Socket } from 'node:net';
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { connectionOf } from '../../server/transports/grpc/connection.js';

describe('The connection of a gRPC call', () => {
  /** Asks for a confirmation in the moment in which the peer leaves; the server has not noticed that yet. */
  const confirmedBy = async (leave: (peer: ClientHttp2Session, socket: Socket) => void): Promise<boolean> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connectTcp((server.address() as AddressInfo).port, '127.0.0.1');
    const peer = connect('http://127.0.0.1', { createConnection: () => socket });
    peer.on('error', () => undefined);
    const [[session]] = (await Promise.all([once(server, 'session'), once(peer, 'remoteSettings')])) as [
      [Http2Session],
      unknown,
    ];
    const call = { stream: { session } } as unknown as ServerInterceptingCallInterface;
    const connection = connectionOf(call);
    leave(peer, socket);
    const isConfirmed = await connection.confirm();
    peer.destroy();
    server.close();
    return isConfirmed;
  };

  it('is confirmed by a peer that stays', async () => assert.equal(await confirmedBy(() => undefined), true));

  it('is confirmed by a peer that leaves on purpose', async () =>
    assert.equal(await confirmedBy((peer) => peer.destroy()), true));

  it('is not confirmed where it breaks', async () =>
    assert.equal(await confirmedBy((_, socket) => socket.destroy()), false));

  it('is not confirmed by a peer that leaves with an error', async () =>
    assert.equal(await confirmedBy((peer) => peer.destroy(new Error('broken'))), false));
});
