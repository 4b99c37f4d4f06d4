import type {
  handleUnaryCall,
  sendUnaryData,
  ServerUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { refusal, type Refusal, type Refused } from '../../domain/error-code.js';
import type { Identity } from '../../domain/identity.js';
import type { CallerMessage } from '../../session/caller.js';
import type { Reception } from '../../session/reception.js';
import type { Decoded } from '../../../proto/decoded.js';
import { MAX_MESSAGE_BYTES } from '../../../proto/limits.js';
import {
  decodeClassifyRequest,
  decodeListModelsRequest,
  encodeClassifyResponse,
  encodeListModelsResponse,
} from '../../../proto/one-shot.js';
import type { ClassifyRequest, ClassifyResponse, ListModelsResponse } from '../../../proto/one-shot-messages.js';
import { decodeClientProto } from '../../../proto/protobuf.js';
import { fromWire } from '../from-wire.js';
import type { OneShots } from '../one-shots.js';
import { modelsToWire, recordingToWire } from '../to-wire.js';
import type { Gate } from './gate.js';
import { GrpcCaller, type IntentCall } from './grpc-caller.js';

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const messageOf = (bytes: Buffer): CallerMessage =>
  bytes.length > MAX_MESSAGE_BYTES
    ? {
        kind: 'refused',
        refusal: refusal(
          'message_too_large',
          `a message has ${bytes.length} bytes, the limit is ${MAX_MESSAGE_BYTES}: send audio in shorter chunks`,
        ),
      }
    : fromWire(decodeClientProto(bytes));

/** The handler gets the result of decoding even where it failed, so that this server answers a bad message, not the library. */
const unary = <Request, Response>(
  name: string,
  decode: (bytes: Uint8Array) => Decoded<Request>,
  encode: (response: Response) => Uint8Array,
) => ({
  path: `/earshot.v1.IntentService/${name}`,
  requestStream: false as const,
  responseStream: false as const,
  requestSerialize: asBuffer,
  requestDeserialize: decode,
  responseSerialize: (response: Response) => asBuffer(encode(response)),
  responseDeserialize: (bytes: Buffer) => bytes,
});

/** `earshot.v1.IntentService`, over the same codec as WebSocket protobuf. */
export const INTENT_SERVICE = {
  StreamIntents: {
    path: '/earshot.v1.IntentService/StreamIntents',
    requestStream: true as const,
    responseStream: true as const,
    requestSerialize: asBuffer,
    requestDeserialize: messageOf,
    responseSerialize: asBuffer,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
  Classify: unary('Classify', decodeClassifyRequest, encodeClassifyResponse),
  ListModels: unary('ListModels', decodeListModelsRequest, encodeListModelsResponse),
} as unknown as ServiceDefinition;

/** The handlers of the service's three calls. */
export const intentService = (reception: Reception, oneShots: OneShots, gate: Gate): UntypedServiceImplementation => {
  const answering = answeringBehind(gate);
  return {
    StreamIntents: (call: IntentCall) => {
      reception.receive(new GrpcCaller(call, gate.admitted(call.metadata)));
    },
    Classify: answering<ClassifyRequest, ClassifyResponse>(async (request, identity, gone) => {
      const answer = await oneShots.classify(request, identity, gone);
      return answer.ok ? { ok: true, response: recordingToWire(answer.verdict) } : answer;
    }),
    ListModels: answering<object, ListModelsResponse>((_, identity) => {
      const answer = oneShots.models(identity);
      return Promise.resolve(answer.ok ? { ok: true, response: modelsToWire(answer.models) } : answer);
    }),
  };
};

type Answer<Response> = { readonly ok: true; readonly response: Response } | Refused;

const answeringBehind =
  (gate: Gate) =>
  <Request, Response>(
    answer: (request: Request, identity: Identity, gone: AbortSignal) => Promise<Answer<Response>>,
  ): handleUnaryCall<Decoded<Request>, Response> =>
  (call: ServerUnaryCall<Decoded<Request>, Response>, callback: sendUnaryData<Response>) => {
    const { request, metadata } = call;
    const { identity } = gate.admitted(metadata);
    const refuse = (why: Refusal) => callback(gate.refused(call, why, identity));
    if (!request.ok) return refuse(refusal('bad_request', request.problem));
    const gone = new AbortController();
    call.on('cancelled', () => gone.abort());
    answer(request.message, identity, gone.signal).then(
      (given) => (given.ok ? callback(null, given.response) : refuse(given.refusal)),
      (cause: unknown) => callback(gate.failed(cause)),
    );
  };
