/** How one call went; frames are counted on both sides, so that none can be lost silently. */
export interface CallRecord {
  readonly group: string;
  /** From dialling to `ready`, in milliseconds; null where it never came. */
  readonly readyMs: number | null;
  /** Frames that the audio sent makes, and what became of them. */
  readonly sent: number;
  readonly answered: number;
  readonly gapped: number;
  readonly lost: number;
  readonly utterances: number;
  /** Why it did not end with `closed`; null where it did. */
  readonly problem: string | null;
}
