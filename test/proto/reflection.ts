import protobuf from 'protobufjs';
import { PROTO } from '../support/repository.js';

/** The schema as protobufjs reads it at run time: an oracle that shares no code with the generated codec. */
export const ROOT = new protobuf.Root();
ROOT.loadSync(PROTO, { keepCase: true });
ROOT.resolveAll();

/** A message of the schema, encoded and decoded by reflection. */
export const reflected = (name: string): protobuf.Type => ROOT.lookupType(`earshot.v1.${name}`);
