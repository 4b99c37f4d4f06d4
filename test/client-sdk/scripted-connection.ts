import type { Connect, Connection, ConnectionEvents } from '../../client-sdk/src/connection.js';
import type { ClientDraft, ServerMessage } from '../../proto/wire.js';

/** A connection that records what is sent, and receives what the test lets the server say. */
export class ScriptedConnection implements Connection {
  readonly sent: ClientDraft[] = [];
  ending: 'close' | 'drop' | null = null;
  hasRoom = true;

  constructor(readonly events: ConnectionEvents) {}

  send(message: ClientDraft): boolean {
    this.sent.push(message);
    return this.hasRoom;
  }

  close(): void {
    this.ending ??= 'close';
  }

  drop(): void {
    this.ending ??= 'drop';
  }

  say(...messages: ServerMessage[]): void {
    for (const message of messages) this.events.received({ ok: true, message });
  }

  get sentTypes(): string[] {
    return this.sent.map(({ type }) => type);
  }
}

/** Gives a stream its connections, each of which the test scripts. */
export class ScriptedNetwork {
  readonly connections: ScriptedConnection[] = [];

  readonly connect: Connect = (events) => {
    const connection = new ScriptedConnection(events);
    this.connections.push(connection);
    return connection;
  };

  get last(): ScriptedConnection {
    return this.connections.at(-1)!;
  }
}
