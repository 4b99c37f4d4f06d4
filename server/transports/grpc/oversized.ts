import { status, type ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { CODE_KEY } from './grpc-status.js';

/**
 * Calls `refuse` where the library itself would end a call for a message that is too long: it would do so as soon as the
 * length is known, bypassing all interceptors, with a status that lacks the `earshot-code`.
 */
export const onOversized = (call: ServerInterceptingCallInterface, refuse: () => void): void => {
  const send = call.sendStatus.bind(call);
  call.sendStatus = (end) => {
    const isOurs = end.code !== status.RESOURCE_EXHAUSTED || (end.metadata?.get(CODE_KEY) ?? []).length > 0;
    if (isOurs) send(end);
    else refuse();
  };
};
