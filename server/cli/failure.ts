/** A command ends with this: one sentence for people, and an exit code. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** The sentence of anything that was thrown. */
export const sentenceOf = (problem: unknown): string => (problem instanceof Error ? problem.message : String(problem));
