/** Nobody waits for the answer to a request any more: its caller has gone. */
export class CallerLeft extends Error {
  constructor() {
    super('the caller of a request left before its answer');
  }
}
