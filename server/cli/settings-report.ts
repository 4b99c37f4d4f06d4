import { Certificates } from '../access/certificates.js';
import { countRemoteKeys } from '../access/jwt-verifier.js';
import { isAddress, openAccess } from '../access/open-access.js';
import { asksCallers } from '../access-settings.js';
import { ignoredVariables, type Config } from '../config.js';
import { systemClock } from '../domain/clock.js';
import { silentLog } from '../domain/log.js';
import { reasonOf } from '../domain/reason.js';
import { loadModelPackages, type ModelPackage } from '../inference/model-package.js';
import { ModelShelf, type ServedModel } from '../session/served-model.js';
import type { Finding } from './doctor-command.js';
import { codeOf } from './unreached.js';

/**
 * Checks what the settings name, with the code that `earshot serve` reads it with, and finds environment variables that are
 * not settings. Gives no finding for settings that are not set.
 */
export const settings = async (config: Config): Promise<Finding[]> => {
  const { tlsCert, jwtJwks, defaultModel } = config;
  const findings: Finding[] = ignoredVariables().map(ignored);
  if (tlsCert !== null) findings.push(tried('TLS certificate', () => Certificates.open(config, silentLog)?.close()));
  if (asksCallers(config)) findings.push(tried('credentials of callers', () => openAndClose(config)));
  if (jwtJwks !== null && isAddress(jwtJwks)) findings.push(await issuerKeys(jwtJwks));
  if (defaultModel !== null) {
    // Packages that cannot be loaded are reported elsewhere.
    const found = await loadModelPackages(config.models).catch(() => null);
    if (found) findings.push(tried('default model', () => new ModelShelf().place(found.map(unserved), defaultModel)));
  }
  return findings;
};

const ignored = (detail: string): Finding => ({ about: 'environment', ok: false, needed: false, detail });

const tried = (about: string, use: () => void): Finding => {
  try {
    use();
    return { about, ok: true, needed: true, detail: 'as it should be' };
  } catch (problem) {
    return { about, ok: false, needed: true, detail: reasonOf(problem) };
  }
};

/** Fetches the issuer's keys, as a server does when the first JWT comes. */
const issuerKeys = async (address: string): Promise<Finding> => {
  const finding = { about: 'keys of the issuer', needed: true };
  try {
    const keys = await countRemoteKeys(new URL(address));
    return { ...finding, ok: keys > 0, detail: `${address} answers; keys: ${keys}` };
  } catch (problem) {
    // Only the code of the underlying error: its message may contain an address.
    const below = problem instanceof Error ? codeOf(problem.cause) : '';
    return { ...finding, ok: false, detail: `${address} gives no keys: ${below || reasonOf(problem)}` };
  }
};

const openAndClose = (config: Config): void => openAccess(config, silentLog, () => systemClock.now()).close();

/** A model that a shelf accepts, but that never classifies. */
const unserved = ({ card }: ModelPackage): ServedModel => ({
  card,
  provider: 'cpu',
  precision: 'fp32',
  classify: () => Promise.resolve({ kind: 'shed' }),
  use: () => () => undefined,
});
