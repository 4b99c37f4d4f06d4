import { createReadStream } from 'node:fs';

/** How ONNX begins an entry that names the file of a tensor's weights: the key `location`, and the tag of its value. */
const LOCATION = Buffer.from('\n\x08location\x12', 'latin1');
/** Bytes of a part of the graph that are read again with the next: an entry may lie across the two. */
const OVERLAP = 1024;

/**
 * The files, other than its own, in which an ONNX graph keeps weights, as it names them: relative to its folder. ONNX Runtime
 * opens them by itself. They are found by how their names are encoded, because a graph may have gigabytes.
 */
export const weightFilesOf = async (graph: string): Promise<string[]> => {
  const files = new Set<string>();
  let before = Buffer.alloc(0);
  for await (const part of createReadStream(graph, { highWaterMark: 2 ** 20 })) {
    const bytes = Buffer.concat([before, part as Buffer]);
    for (let at = bytes.indexOf(LOCATION); at >= 0; at = bytes.indexOf(LOCATION, at + 1)) {
      const file = textAt(bytes, at + LOCATION.length);
      if (file !== null) files.add(file);
    }
    before = bytes.subarray(-OVERLAP);
  }
  return [...files];
};

/** The text at `at`, which begins with its length (a varint); null where the bytes end before it does. */
const textAt = (bytes: Buffer, at: number): string | null => {
  const [low = 0, high = 0] = bytes.subarray(at, at + 2);
  const isLong = low >= 0x80;
  const from = at + (isLong ? 2 : 1);
  const to = from + (isLong ? (low & 0x7f) + (high << 7) : low);
  return to > bytes.length ? null : bytes.toString('utf8', from, to);
};
