import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

const PROTO = fileURLToPath(new URL('../../../proto/earshot/v1/earshot.proto', import.meta.url));

/** The schema as protobufjs reads it at run time: an oracle that shares no code with the generated codec. */
export const ROOT = new protobuf.Root();
ROOT.loadSync(PROTO, { keepCase: true });
ROOT.resolveAll();

/** A message of the schema, encoded and decoded by reflection. */
export const reflected = (name: string): protobuf.Type => ROOT.lookupType(`earshot.v1.${name}`);
