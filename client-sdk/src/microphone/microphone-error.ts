/** Why there is no microphone, or none any more. */
export type MicrophoneErrorCode =
  /** The person, or the page's permissions policy, said no. */
  | 'denied'
  /** None is connected, or not the one that was asked for. */
  | 'not_found'
  /** Another program holds it, or the system does not give it. */
  | 'in_use'
  /** Browsers give microphones only to pages on https: or localhost. */
  | 'insecure_page'
  /** The audio thread's module was refused, by the page's Content-Security-Policy most likely. */
  | 'worklet_refused'
  /** It was unplugged, or the permission was withdrawn. */
  | 'lost'
  /** Anything else; `cause` is what the browser said. */
  | 'failed';

/** A microphone that could not be opened, or that went away; `message` is fit to be shown. */
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

/** What a rejection of `getUserMedia` means. */
export function microphoneErrorOf(cause: unknown): MicrophoneError {
  const name = cause instanceof Error ? cause.name : '';
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  const [code, message] = known ?? ['failed', `the microphone cannot be opened: ${String(cause)}`];
  return new MicrophoneError(code, message, cause);
}
