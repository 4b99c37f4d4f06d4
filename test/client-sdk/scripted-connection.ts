import type { Connect, Connection, ConnectionEvents } from '../../client-sdk/src/connection.js';
import type { ClientDraft, ServerMessage } from '../../proto/wire.js';

/** A connection that records what is sent, and says what the test has it say. */
export class ScriptedConnection implements Connection {
  readonly sent: ClientDraft[] = [];
  ending: 'close' | 'abort' | null = null;
  hasRoom = true;
  events!: ConnectionEvents;

  readonly connect: Connect = (events) => {
    this.events = events;
    return this;
  };

  send(message: ClientDraft): boolean {
    this.sent.push(message);
    return this.hasRoom;
  }

  close(): void {
    this.ending = 'close';
  }

  abort(): void {
    this.ending = 'abort';
  }

  say(...messages: ServerMessage[]): void {
    for (const message of messages) this.events.received({ ok: true, message });
  }
}
