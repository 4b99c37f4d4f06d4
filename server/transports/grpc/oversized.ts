import { status, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { CODE_KEY } from './grpc-status.js';

/**
 * Calls `refuse` where the library itself would end a call for a message that is longer than any may be: it does so as soon as the length is known,
 * past all interceptors, and with a status that lacks the code.
 */
export const onOversized = (call: ServerInterceptingCallInterface, refuse: () => void): void => {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (end) => {
    const isOurs = end.code !== status.RESOURCE_EXHAUSTED || (end.metadata?.get(CODE_KEY) ?? []).length > 0;
    if (isOurs) send(end);
    else refuse();
  };
};
