/** A recording that comes with the server, and who speaks on its channels. */
export interface Sample {
  readonly file: string;
  readonly title: string;
  readonly names: readonly string[];
}

export const SAMPLES: readonly Sample[] = [
  { file: 'freeze-card-8k-mulaw.wav', title: 'A lost wallet (telephone)', names: ['Caller'] },
  { file: 'call-stereo-8k-mulaw.wav', title: 'Customer and agent (stereo)', names: ['Customer', 'Agent'] },
  { file: 'balance-16k.wav', title: 'A question of money (16 kHz)', names: ['Caller'] },
];
