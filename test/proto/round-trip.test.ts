import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rounded } from '../../proto/rounding.js';
import * as wire from '../../proto/wire.js';
import { controls, serverMessages, verdict } from './arbitraries.js';
import { reflected } from './reflection.js';

const decodedOf = <T>(message: T) => ({ ok: true, message });
const binary = fc.uint8Array({ maxLength: 2_000 });

/** What decoding by reflection gives, as plain objects; absent optional fields stay absent. */
const plainOf = (name: string, bytes: Uint8Array): Record<string, unknown> => {
  const type = reflected(name);
  return type.toObject(type.decode(bytes), { defaults: true, arrays: true, longs: Number });
};

describe('Messages survive encoding and decoding', () => {
  it('as JSON from a client', () => {
    fc.assert(
      fc.property(controls, (message) => {
        assert.deepEqual(wire.decodeClientJson(wire.encodeClientJson(message)), decodedOf(message));
      }),
    );
  });

  it('as protobuf from a client', () => {
    fc.assert(
      fc.property(controls, (message) => {
        assert.deepEqual(wire.decodeClientProto(wire.encodeClientProto(message)), decodedOf(message));
      }),
    );
  });

  it('as protobuf audio', () => {
    fc.assert(
      fc.property(binary, (bytes) => {
        const decoded = wire.decodeClientProto(wire.encodeClientProto({ type: 'audio', bytes }));
        assert.ok(decoded.ok && decoded.message.type === 'audio');
        assert.deepEqual([...decoded.message.bytes], [...bytes]);
      }),
    );
  });

  it('as JSON from a server', () => {
    fc.assert(
      fc.property(serverMessages, (message) => {
        assert.deepEqual(wire.decodeServerJson(wire.encodeServerJson(message)), decodedOf(message));
      }),
    );
  });

  it('as JSON.stringify writes them, type and seq first', () => {
    fc.assert(
      fc.property(serverMessages, (message) => {
        const { type, seq, ...fields } = rounded(message);
        const expected = JSON.stringify({ type, seq, ...fields });
        const encoded = wire.encodeServerJson(message);
        assert.deepEqual(JSON.parse(encoded), JSON.parse(expected));
        assert.equal(encoded.length, expected.length);
        assert.ok(encoded.startsWith(`{"type":"${type}","seq":${seq}`));
      }),
    );
  });

  it('as protobuf from a server', () => {
    fc.assert(
      fc.property(serverMessages, (message) => {
        assert.deepEqual(wire.decodeServerProto(wire.encodeServerProto(message)), decodedOf(message));
      }),
    );
  });

  it('as a request to classify', () => {
    fc.assert(
      fc.property(binary, (content) => {
        const recording = { kind: 'wav' as const, bytes: Buffer.from(content) };
        const decoded = wire.decodeClassifyRequest(wire.encodeClassifyRequest({ recording, top_k: 3, model: 'm' }));
        assert.deepEqual(decoded, decodedOf({ recording, top_k: 3, model: 'm' }));
      }),
    );
  });

  it('as the answer to a request to classify', () => {
    const place = { channel: fc.nat(7), utterance: fc.nat(), start_ms: fc.nat(), end_ms: fc.nat() };
    const utterances = fc.array(fc.record({ ...place, ...verdict }), { maxLength: 3 });
    const responses = fc.record({ model: fc.string(), audio_ms: fc.nat(), ...verdict, utterances });
    fc.assert(
      fc.property(responses, (response) => {
        const plain = JSON.parse(JSON.stringify(response)) as wire.ClassifyResponse;
        assert.deepEqual(wire.decodeClassifyResponse(wire.encodeClassifyResponse(plain)), decodedOf(plain));
      }),
    );
  });

  it('as raw audio to classify', () => {
    const audio = { encoding: 'alaw' as const, sample_rate: 8_000, channels: 2 };
    const request = { recording: { kind: 'raw' as const, audio, bytes: Buffer.from('abcd') }, top_k: 5 };
    assert.deepEqual(wire.decodeClassifyRequest(wire.encodeClassifyRequest(request)), decodedOf(request));
  });

  it('as a list of models', () => {
    const rates = { sample_rate: 16_000, frame_ms: 1_000, hop_ms: 480, min_hop_ms: 480, max_hop_ms: 480 };
    const names = { name: 'm', version: '1', description: 'd', labels: ['a', 'b'], precision: 'fp32', provider: 'cpu' };
    const response = { models: [{ ...names, ...rates, is_default: true }] };
    assert.deepEqual(wire.decodeListModelsResponse(wire.encodeListModelsResponse(response)), decodedOf(response));
  });
});

describe('Another protobuf implementation', () => {
  it('reads what a client writes', () => {
    fc.assert(
      fc.property(controls, (message) => {
        const { type, ...fields } = message;
        const plain = plainOf('ClientMessage', wire.encodeClientProto(message));
        assert.deepEqual(JSON.parse(JSON.stringify(plain[type])), fields);
      }),
    );
  });

  it('reads what a server writes', () => {
    fc.assert(
      fc.property(serverMessages, (message) => {
        const { type, seq, ...fields } = message;
        const plain = plainOf('ServerMessage', wire.encodeServerProto(message));
        const intent = message.type === 'intent' ? { intent: null } : {};
        assert.deepEqual({ seq: plain.seq, ...intent, ...(plain[type] as object) }, { seq, ...fields });
      }),
    );
  });

  it('writes what a server reads', () => {
    fc.assert(
      fc.property(controls, (message) => {
        const { type, ...fields } = message;
        const bytes = reflected('ClientMessage')
          .encode({ [type]: fields })
          .finish();
        assert.deepEqual(wire.decodeClientProto(bytes), decodedOf(message));
      }),
    );
  });
});

describe('Any bytes at all', () => {
  it('are decoded or refused, and never make a decoder throw', () => {
    fc.assert(
      fc.property(binary, (bytes) => {
        for (const decode of [wire.decodeClientProto, wire.decodeServerProto, wire.decodeClassifyRequest]) {
          assert.equal(typeof decode(bytes).ok, 'boolean');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('are refused when they are a message, wherever it is cut short', () => {
    const start = { type: 'start', audio: { encoding: 'mulaw', sample_rate: 8_000 }, model: 'm', hop_ms: 480 } as const;
    const bytes = wire.encodeClientProto(start);
    for (let length = 0; length < bytes.length; length += 1) {
      assert.equal(wire.decodeClientProto(bytes.subarray(0, length)).ok, false, `${length} bytes`);
    }
  });

  it('are decoded or refused as JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.string(), (json, text) => {
        for (const candidate of [
          json,
          text,
          `{"type":"start","audio":${json}}`,
          `{"type":"configure","top_k":${json}}`,
        ]) {
          assert.equal(typeof wire.decodeClientJson(candidate).ok, 'boolean');
        }
      }),
    );
  });
});
