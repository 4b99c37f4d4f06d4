// Generates earshot.schema.json: run from the root of the repository after `npm run build`, then `npm run format`.
import { writeFileSync } from 'node:fs';
import { earshotJsonSchema } from './earshot-schema.js';

writeFileSync('server/inference/earshot.schema.json', `${JSON.stringify(earshotJsonSchema(), null, 2)}\n`);
