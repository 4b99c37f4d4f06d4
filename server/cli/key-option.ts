import { Option } from 'commander';

/** The option for credentials. The environment is the better place, because every user of the machine can see command lines. */
export const keyOption = (): Option =>
  new Option('--key <key>', 'API key, JWT or token that the server asks for').env('EARSHOT_KEY');

/** The HTTP header that carries the credential; empty without one. */
export const bearerOf = (key: string | undefined): { readonly Authorization?: string } =>
  key === undefined ? {} : { Authorization: `Bearer ${key}` };
