let memory = new Uint8Array(0);

/** The bytes of several chunks in a row. They are in memory that the next call overwrites, or in that of a single chunk. */
export const gather = (chunks: readonly Uint8Array[]): Uint8Array => {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (memory.length < length) memory = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    memory.set(chunk, at);
    at += chunk.length;
  }
  return memory.subarray(0, length);
};
