import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A TCP connection on which a test can write any bytes; shares no code with the server or with `ws`. */
export interface RawSocket {
  readonly socket: Socket;
  /** Everything that has been received so far. */
  received(): Buffer;
  /** Waits until the bytes received satisfy `isEnough`, or the peer has ended or cut the connection. */
  until(isEnough: (received: Buffer) => boolean): Promise<void>;
  /** Resolves when the peer has ended or cut the connection. */
  readonly ended: Promise<void>;
  close(): void;
}

export const rawSocket = async (address: string): Promise<RawSocket> => {
  const [host, port] = address.split(':');
  const socket = connect({ host: host!, port: Number(port), allowHalfOpen: true, noDelay: true });
  const pieces: Buffer[] = [];
  let look = (): void => undefined;
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    const over = () => {
      isOver = true;
      look();
      resolve();
    };
    socket.on('end', over).on('close', over);
  });
  socket.on('error', () => undefined);
  socket.on('data', (piece) => {
    pieces.push(piece);
    look();
  });
  await once(socket, 'connect');
  const received = () => (pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
  const until = (isEnough: (received: Buffer) => boolean) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (isOver || isEnough(received())) resolve();
      };
      look();
    });
  return { socket, received, until, ended, close: () => socket.destroy() };
};

/** A WebSocket handshake (RFC 6455 §4.1). `change` replaces headers, and removes those that it sets to undefined. */
export const handshake = (
  target = '/v1/stream',
  change: Readonly<Record<string, string | undefined>> = {},
  requestLine = `GET ${target} HTTP/1.1`,
): string => {
  const headers = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...change,
  };
  const lines = Object.entries<string | undefined>(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${[requestLine, ...lines].join('\r\n')}\r\n\r\n`;
};

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** A connection after a successful WebSocket handshake. */
export const upgradedSocket = async (address: string, target?: string, protocol?: string): Promise<RawSocket> => {
  const raw = await rawSocket(address);
  raw.socket.write(handshake(target, { 'Sec-WebSocket-Protocol': protocol }));
  await raw.until((received) => received.includes(END_OF_HEAD));
  if (!raw.received().toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(raw.received().toString());
  return raw;
};

export interface FrameOptions {
  readonly isFinal?: boolean;
  /** The three reserved bits, as a number from 0 to 7. */
  readonly reserved?: number;
  readonly opcode?: number;
  readonly isMasked?: boolean;
  /** The length that the frame claims to have; by default its real length. */
  readonly length?: bigint;
  /** In how many additional bytes the length is written; by default as few as possible. */
  readonly lengthBytes?: 0 | 2 | 8;
  readonly mask?: Uint8Array;
}

const NO_MASK = new Uint8Array(4);

const headOf = (payload: Uint8Array, options: FrameOptions): Buffer => {
  const { isFinal = true, reserved = 0, opcode = 1, isMasked = true, length = BigInt(payload.length) } = options;
  const lengthBytes = options.lengthBytes ?? shortestFor(length);
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const short = { 0: Number(length), 2: 126, 8: 127 }[lengthBytes];
  head[1] = (isMasked ? 0x80 : 0) | short;
  if (lengthBytes === 2) head.writeUInt16BE(Number(length), 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(length, 2);
  return head;
};

const shortestFor = (length: bigint): 0 | 2 | 8 => {
  if (length < 126n) return 0;
  return length < 65_536n ? 2 : 8;
};

/** A client's WebSocket frame (RFC 6455 §5.2), valid or invalid as the options say. */
export const clientFrame = (payload: Uint8Array, options: FrameOptions = {}): Buffer => {
  const { isMasked = true, mask = NO_MASK } = options;
  const head = headOf(payload, options);
  if (!isMasked) return Buffer.concat([head, payload]);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ mask[index % 4]!)]);
};

export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** The WebSocket frames that a server has sent after its handshake; it neither masks nor fragments them. */
export const serverFrames = (received: Buffer): ServerFrame[] => {
  const frames: ServerFrame[] = [];
  for (let at = received.indexOf(END_OF_HEAD) + 4; at + 2 <= received.length;) {
    const short = received[at + 1]!;
    const [head, length] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, received.readUInt16BE(at + 2)]
          : [10, Number(received.readBigUInt64BE(at + 2))];
    frames.push({ opcode: received[at]! & 15, payload: received.subarray(at + head, at + head + length) });
    at += head + length;
  }
  return frames;
};

/** The code of the close frame among them; 1005 for one without a code, null when there is none. */
export const closeCodeOf = (frames: readonly ServerFrame[]): number | null => {
  const close = frames.find(({ opcode }) => opcode === 8);
  if (!close) return null;
  return close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(0);
};
