import { fileURLToPath } from 'node:url';

/** The path of a file or folder of the repository: the compiled tests lie three folders down, in `dist/test/*`. */
export const inRepository = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** The wire contract of gRPC and of the protobuf sub-protocol. */
export const PROTO = inRepository('proto/earshot/v1/earshot.proto');
