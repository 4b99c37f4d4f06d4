/** Why a microphone could not be opened, or was lost. */
export type MicrophoneErrorCode =
  /** The user, or the page's permissions policy, denied access. */
  | 'denied'
  /** No microphone is connected, or not the one that was asked for. */
  | 'not_found'
  /** Another program is using the microphone, or the system does not make it available. */
  | 'in_use'
  /** The page is neither on https: nor on localhost: browsers allow it no microphone. */
  | 'insecure_page'
  /** The audio worklet could not be loaded, most likely because of the page's Content-Security-Policy; see `workletUrl`. */
  | 'worklet_refused'
  /** The microphone was unplugged, or the permission was withdrawn. */
  | 'lost'
  /** Anything else; `cause` is the browser's error, if there is one. */
  | 'failed';

/** A microphone could not be opened, or was lost; `message` can be shown to the user. */
export class MicrophoneError extends Error {
  override readonly name = 'MicrophoneError';

  constructor(
    readonly code: MicrophoneErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

const BY_NAME: Readonly<Record<string, readonly [MicrophoneErrorCode, string]>> = {
  NotAllowedError: ['denied', 'the microphone was denied; allow it in the settings of this site and try again'],
  SecurityError: ['denied', "the page's permissions policy denies the microphone"],
  NotFoundError: ['not_found', 'no microphone is connected'],
  OverconstrainedError: ['not_found', 'the microphone that was asked for is not connected'],
  NotReadableError: ['in_use', 'the microphone is in use by another program, or the system does not give it'],
  AbortError: ['in_use', 'the system does not give the microphone'],
};

/** Converts what `getUserMedia` rejected with into a MicrophoneError. */
export function microphoneErrorOf(cause: unknown): MicrophoneError {
  const name = cause instanceof Error ? cause.name : '';
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  const [code, message] = known ?? ['failed', `the microphone cannot be opened: ${String(cause)}`];
  return new MicrophoneError(code, message, cause);
}
