import type { ClientDraft, ClientMessage } from './client-messages.js';
import type { Decoded } from './decoded.js';
import * as oneShot from './one-shot.js';
import type { ClassifyRequest, ClassifyResponse, ListModelsResponse } from './one-shot-messages.js';
import { decodeClientProto, decodeServerProto, encodeClientProto, encodeServerProto } from './protobuf.js';
import type { ServerMessage } from './server-messages.js';

/**
 * One method in the shape that grpc-js takes on both sides. What arrives is a `Decoded` value, never an exception: a bad request
 * reaches the method's own code, which answers INVALID_ARGUMENT with the problem.
 */
export interface Method<Request, ReadRequest, Response> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (request: Request) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Decoded<ReadRequest>;
  readonly responseSerialize: (response: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Decoded<Response>;
}

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const streamIntents: Method<ClientDraft, ClientMessage, ServerMessage> = {
  path: '/earshot.v1.IntentService/StreamIntents',
  requestStream: true,
  responseStream: true,
  requestSerialize: (message) => buffer(encodeClientProto(message)),
  requestDeserialize: decodeClientProto,
  responseSerialize: (message) => buffer(encodeServerProto(message)),
  responseDeserialize: decodeServerProto,
};

const classify: Method<ClassifyRequest, ClassifyRequest, ClassifyResponse> = {
  path: '/earshot.v1.IntentService/Classify',
  requestStream: false,
  responseStream: false,
  requestSerialize: (request) => buffer(oneShot.encodeClassifyRequest(request)),
  requestDeserialize: oneShot.decodeClassifyRequest,
  responseSerialize: (response) => buffer(oneShot.encodeClassifyResponse(response)),
  responseDeserialize: oneShot.decodeClassifyResponse,
};

const listModels: Method<object, object, ListModelsResponse> = {
  path: '/earshot.v1.IntentService/ListModels',
  requestStream: false,
  responseStream: false,
  requestSerialize: () => Buffer.alloc(0),
  requestDeserialize: oneShot.decodeListModelsRequest,
  responseSerialize: (response) => buffer(oneShot.encodeListModelsResponse(response)),
  responseDeserialize: oneShot.decodeListModelsResponse,
};

/** The gRPC service `earshot.v1.IntentService`, for a grpc-js server (`addService`) and for a grpc-js client. */
export const INTENT_SERVICE = { StreamIntents: streamIntents, Classify: classify, ListModels: listModels };
