/** This many frames in a row cannot be chance, though samples that look like one header are common. */
const SURE_FROM = 4;

/** By the two version bits of a header: MPEG-2.5, reserved, MPEG-2, MPEG-1, with a quarter, half and all of MPEG-1's rates. */
const VERSIONS: readonly (Version | null)[] = [
  { rateDivisor: 4, eighthOfSamples: 72, isFirst: false },
  null,
  { rateDivisor: 2, eighthOfSamples: 72, isFirst: false },
  { rateDivisor: 1, eighthOfSamples: 144, isFirst: true },
];

interface Version {
  readonly rateDivisor: number;
  /** An eighth of the number of samples in a frame. */
  readonly eighthOfSamples: number;
  readonly isFirst: boolean;
}

const RATES = [44_100, 48_000, 32_000];
/** Kilobits per second by index; 0 means that the header does not give the length of the frame. */
const BITRATES_OF_FIRST = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BITRATES_OF_OTHERS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** Whether bytes begin with several whole frames of MP3 (MPEG-1 and -2 audio layer III: ISO/IEC 11172-3 and 13818-3). */
export function isMp3(bytes: Uint8Array): boolean {
  let at = 0;
  for (let frames = 0; frames < SURE_FROM; frames += 1) {
    const length = frameLength(bytes.subarray(at, at + 4));
    if (length === null) return false;
    at += length;
  }
  return true;
}

/** Bytes of the frame that begins with this header, the header included; null where it is not a header. */
function frameLength([sync, kind = 0, rates = 0, last]: Uint8Array): number | null {
  const isLayer3 = sync === 0xff && (kind & 0xe6) === 0xe2 && last !== undefined;
  const version = VERSIONS[(kind >> 3) & 3];
  const rate = RATES[(rates >> 2) & 3];
  if (!isLayer3 || !version || rate === undefined) return null;
  const kilobits = (version.isFirst ? BITRATES_OF_FIRST : BITRATES_OF_OTHERS)[rates >> 4];
  if (!kilobits) return null;
  const padding = (rates >> 1) & 1;
  return Math.floor((version.eighthOfSamples * kilobits * 1_000 * version.rateDivisor) / rate) + padding;
}
