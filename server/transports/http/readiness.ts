/** Whether streams should be sent here, and if not, why. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };
