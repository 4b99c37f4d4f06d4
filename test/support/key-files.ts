import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A temporary folder for the files of one suite. */
export class Drawer {
  readonly folder = mkdtempSync(join(tmpdir(), 'earshot-access-'));

  put(name: string, content: unknown): string {
    const path = join(this.folder, name);
    const isReady = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(path, isReady ? content : JSON.stringify(content));
    return path;
  }

  clear(): void {
    rmSync(this.folder, { recursive: true });
  }
}

export const randomKey = (): string => `esk_${randomBytes(32).toString('base64url')}`;

/** An entry of a key file, made without the server's code. */
export const entry = (key: string, fields: object = {}): Record<string, unknown> => {
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { id: sha256.slice(0, 8), name: 'tests', sha256, created: '2026-11-25T00:00:00Z', ...fields };
};

/** Polls until `look` returns true. */
export const eventually = async (look: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await look())) await sleep(20);
};
