/** The result of one call. Frames are counted on both sides, so that a lost frame is noticed. */
export interface CallRecord {
  readonly group: string;
  /** From dialling to `ready`, in milliseconds; null if `ready` never came. */
  readonly readyMs: number | null;
  /** How many frames the sent audio makes, and how many of them were answered, reported as gaps, or lost. */
  readonly sent: number;
  readonly answered: number;
  readonly gapped: number;
  readonly lost: number;
  readonly utterances: number;
  /** Why the call did not end with `closed`; null if it did. */
  readonly problem: string | null;
}
