import type { Result } from './result.js';
export const htmlOf = (result: Result): string => JSON.stringify(result);
