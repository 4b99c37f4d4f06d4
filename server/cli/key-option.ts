import { Option } from 'commander';

/** What a server that asks for credentials is shown. The environment is the better place: a command line is seen by every user of the machine. */
export const keyOption = (): Option =>
  new Option('--key <key>', 'API key, JWT or token that the server asks for').env('EARSHOT_KEY');

/** The credential as SDK and HTTP take it. */
export const bearerOf = (key: string | undefined): { readonly Authorization?: string } =>
  key === undefined ? {} : { Authorization: `Bearer ${key}` };
