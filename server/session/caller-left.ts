/** Thrown when the caller of a request has left, so that nobody waits for the answer. */
export class CallerLeft extends Error {
  constructor() {
    super('the caller of a request left before its answer');
  }
}
