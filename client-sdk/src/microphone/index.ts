export { WORKLET_SOURCE } from '../microphone-worklet.js';
export type { Microphone, MicrophoneOptions } from './microphone.js';
export { MicrophoneError, type MicrophoneErrorCode } from './microphone-error.js';
export { microphone, microphones } from './open-microphone.js';
