import type { z } from 'zod';

/** The first thing that is wrong, as `keys.0.name: must be …`. Values are left out: one of them may be a secret. */
export const sayIssue = ({ issues: [issue] }: z.ZodError): string =>
  issue === undefined ? 'not valid' : [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': ');
