import * as $protobuf from "protobufjs/minimal.js";

/** Namespace earshot. */
export namespace earshot {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of a ClientMessage.
         * @deprecated Use earshot.v1.ClientMessage.$Properties instead.
         */
        interface IClientMessage extends earshot.v1.ClientMessage.$Properties {
        }

        /** Represents a ClientMessage. */
        class ClientMessage {

            /**
             * Constructs a new ClientMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.ClientMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ClientMessage start. */
            start: (earshot.v1.Start|null);

            /** ClientMessage audio. */
            audio: (Uint8Array|null);

            /** ClientMessage configure. */
            configure: (earshot.v1.Configure|null);

            /** ClientMessage finalize. */
            finalize: (earshot.v1.Finalize|null);

            /** ClientMessage keepalive. */
            keepalive: (earshot.v1.Keepalive|null);

            /** ClientMessage close. */
            close: (earshot.v1.Close|null);

            /** ClientMessage message. */
            message?: ("start"|"audio"|"configure"|"finalize"|"keepalive"|"close");

            /**
             * Encodes the specified ClientMessage message. Does not implicitly {@link earshot.v1.ClientMessage.verify|verify} messages.
             * @param message ClientMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.ClientMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ClientMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.ClientMessage & earshot.v1.ClientMessage.$Shape} ClientMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.ClientMessage & earshot.v1.ClientMessage.$Shape;
        }

        namespace ClientMessage {

            /** Properties of a ClientMessage. */
            interface $Properties {

                /** ClientMessage start */
                start?: (earshot.v1.Start.$Properties|null);

                /** ClientMessage audio */
                audio?: (Uint8Array|null);

                /** ClientMessage configure */
                configure?: (earshot.v1.Configure.$Properties|null);

                /** ClientMessage finalize */
                finalize?: (earshot.v1.Finalize.$Properties|null);

                /** ClientMessage keepalive */
                keepalive?: (earshot.v1.Keepalive.$Properties|null);

                /** ClientMessage close */
                close?: (earshot.v1.Close.$Properties|null);

                /** ClientMessage message */
                message?: ("start"|"audio"|"configure"|"finalize"|"keepalive"|"close");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ClientMessage. */
            type $Shape = {
              start?: earshot.v1.Start.$Shape|null;
              audio?: Uint8Array|null;
              configure?: earshot.v1.Configure.$Shape|null;
              finalize?: earshot.v1.Finalize.$Shape|null;
              keepalive?: earshot.v1.Keepalive.$Shape|null;
              close?: earshot.v1.Close.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; start?: null; audio?: null; configure?: null; finalize?: null; keepalive?: null; close?: null }|{ message?: "start"; start: earshot.v1.Start.$Shape; audio?: null; configure?: null; finalize?: null; keepalive?: null; close?: null }|{ message?: "audio"; start?: null; audio: Uint8Array; configure?: null; finalize?: null; keepalive?: null; close?: null }|{ message?: "configure"; start?: null; audio?: null; configure: earshot.v1.Configure.$Shape; finalize?: null; keepalive?: null; close?: null }|{ message?: "finalize"; start?: null; audio?: null; configure?: null; finalize: earshot.v1.Finalize.$Shape; keepalive?: null; close?: null }|{ message?: "keepalive"; start?: null; audio?: null; configure?: null; finalize?: null; keepalive: earshot.v1.Keepalive.$Shape; close?: null }|{ message?: "close"; start?: null; audio?: null; configure?: null; finalize?: null; keepalive?: null; close: earshot.v1.Close.$Shape })
            );
        }

        /**
         * Properties of a Start.
         * @deprecated Use earshot.v1.Start.$Properties instead.
         */
        interface IStart extends earshot.v1.Start.$Properties {
        }

        /** Represents a Start. */
        class Start {

            /**
             * Constructs a new Start.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Start.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Start audio. */
            audio: earshot.v1.AudioFormat;

            /** Start model. */
            model: (string|null);

            /** Start hop_ms. */
            hop_ms: (number|null);

            /** Start interim. */
            interim: (boolean|null);

            /** Start top_k. */
            top_k: (number|null);

            /** Start threshold. */
            threshold: (number|null);

            /** Start endpointing. */
            endpointing: (earshot.v1.Endpointing|null);

            /** Start client_reference_id. */
            client_reference_id: (string|null);

            /** Start resume. */
            resume: (earshot.v1.Resume|null);

            /** Start receipts. */
            receipts: (boolean|null);

            /**
             * Encodes the specified Start message. Does not implicitly {@link earshot.v1.Start.verify|verify} messages.
             * @param message Start message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Start.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Start message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Start & earshot.v1.Start.$Shape} Start
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Start & earshot.v1.Start.$Shape;
        }

        namespace Start {

            /** Properties of a Start. */
            interface $Properties {

                /** Start audio */
                audio?: earshot.v1.AudioFormat.$Properties;

                /** Start model */
                model?: (string|null);

                /** Start hop_ms */
                hop_ms?: (number|null);

                /** Start interim */
                interim?: (boolean|null);

                /** Start top_k */
                top_k?: (number|null);

                /** Start threshold */
                threshold?: (number|null);

                /** Start endpointing */
                endpointing?: (earshot.v1.Endpointing.$Properties|null);

                /** Start client_reference_id */
                client_reference_id?: (string|null);

                /** Start resume */
                resume?: (earshot.v1.Resume.$Properties|null);

                /** Start receipts */
                receipts?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Start. */
            type $Shape = earshot.v1.Start.$Properties;
        }

        /**
         * Properties of an AudioFormat.
         * @deprecated Use earshot.v1.AudioFormat.$Properties instead.
         */
        interface IAudioFormat extends earshot.v1.AudioFormat.$Properties {
        }

        /** Represents an AudioFormat. */
        class AudioFormat {

            /**
             * Constructs a new AudioFormat.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.AudioFormat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AudioFormat encoding. */
            encoding: string;

            /** AudioFormat sample_rate. */
            sample_rate: number;

            /** AudioFormat channels. */
            channels: (number|null);

            /**
             * Encodes the specified AudioFormat message. Does not implicitly {@link earshot.v1.AudioFormat.verify|verify} messages.
             * @param message AudioFormat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.AudioFormat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AudioFormat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.AudioFormat & earshot.v1.AudioFormat.$Shape} AudioFormat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.AudioFormat & earshot.v1.AudioFormat.$Shape;
        }

        namespace AudioFormat {

            /** Properties of an AudioFormat. */
            interface $Properties {

                /** AudioFormat encoding */
                encoding?: string;

                /** AudioFormat sample_rate */
                sample_rate?: number;

                /** AudioFormat channels */
                channels?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AudioFormat. */
            type $Shape = earshot.v1.AudioFormat.$Properties;
        }

        /**
         * Properties of an Endpointing.
         * @deprecated Use earshot.v1.Endpointing.$Properties instead.
         */
        interface IEndpointing extends earshot.v1.Endpointing.$Properties {
        }

        /** Represents an Endpointing. */
        class Endpointing {

            /**
             * Constructs a new Endpointing.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Endpointing.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Endpointing silence_ms. */
            silence_ms: (number|null);

            /** Endpointing max_utterance_ms. */
            max_utterance_ms: (number|null);

            /**
             * Encodes the specified Endpointing message. Does not implicitly {@link earshot.v1.Endpointing.verify|verify} messages.
             * @param message Endpointing message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Endpointing.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Endpointing message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Endpointing & earshot.v1.Endpointing.$Shape} Endpointing
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Endpointing & earshot.v1.Endpointing.$Shape;
        }

        namespace Endpointing {

            /** Properties of an Endpointing. */
            interface $Properties {

                /** Endpointing silence_ms */
                silence_ms?: (number|null);

                /** Endpointing max_utterance_ms */
                max_utterance_ms?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Endpointing. */
            type $Shape = earshot.v1.Endpointing.$Properties;
        }

        /**
         * Properties of a Resume.
         * @deprecated Use earshot.v1.Resume.$Properties instead.
         */
        interface IResume extends earshot.v1.Resume.$Properties {
        }

        /** Represents a Resume. */
        class Resume {

            /**
             * Constructs a new Resume.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Resume.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Resume session_id. */
            session_id: string;

            /** Resume resume_token. */
            resume_token: string;

            /** Resume last_event_seq. */
            last_event_seq: number;

            /**
             * Encodes the specified Resume message. Does not implicitly {@link earshot.v1.Resume.verify|verify} messages.
             * @param message Resume message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Resume.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Resume message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Resume & earshot.v1.Resume.$Shape} Resume
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Resume & earshot.v1.Resume.$Shape;
        }

        namespace Resume {

            /** Properties of a Resume. */
            interface $Properties {

                /** Resume session_id */
                session_id?: string;

                /** Resume resume_token */
                resume_token?: string;

                /** Resume last_event_seq */
                last_event_seq?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Resume. */
            type $Shape = earshot.v1.Resume.$Properties;
        }

        /**
         * Properties of a Configure.
         * @deprecated Use earshot.v1.Configure.$Properties instead.
         */
        interface IConfigure extends earshot.v1.Configure.$Properties {
        }

        /** Represents a Configure. */
        class Configure {

            /**
             * Constructs a new Configure.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Configure.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Configure interim. */
            interim: (boolean|null);

            /** Configure top_k. */
            top_k: (number|null);

            /** Configure threshold. */
            threshold: (number|null);

            /** Configure endpointing. */
            endpointing: (earshot.v1.Endpointing|null);

            /**
             * Encodes the specified Configure message. Does not implicitly {@link earshot.v1.Configure.verify|verify} messages.
             * @param message Configure message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Configure.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Configure message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Configure & earshot.v1.Configure.$Shape} Configure
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Configure & earshot.v1.Configure.$Shape;
        }

        namespace Configure {

            /** Properties of a Configure. */
            interface $Properties {

                /** Configure interim */
                interim?: (boolean|null);

                /** Configure top_k */
                top_k?: (number|null);

                /** Configure threshold */
                threshold?: (number|null);

                /** Configure endpointing */
                endpointing?: (earshot.v1.Endpointing.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Configure. */
            type $Shape = earshot.v1.Configure.$Properties;
        }

        /**
         * Properties of a Finalize.
         * @deprecated Use earshot.v1.Finalize.$Properties instead.
         */
        interface IFinalize extends earshot.v1.Finalize.$Properties {
        }

        /** Represents a Finalize. */
        class Finalize {

            /**
             * Constructs a new Finalize.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Finalize.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified Finalize message. Does not implicitly {@link earshot.v1.Finalize.verify|verify} messages.
             * @param message Finalize message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Finalize.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Finalize message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Finalize & earshot.v1.Finalize.$Shape} Finalize
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Finalize & earshot.v1.Finalize.$Shape;
        }

        namespace Finalize {

            /** Properties of a Finalize. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Finalize. */
            type $Shape = earshot.v1.Finalize.$Properties;
        }

        /**
         * Properties of a Keepalive.
         * @deprecated Use earshot.v1.Keepalive.$Properties instead.
         */
        interface IKeepalive extends earshot.v1.Keepalive.$Properties {
        }

        /** Represents a Keepalive. */
        class Keepalive {

            /**
             * Constructs a new Keepalive.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Keepalive.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified Keepalive message. Does not implicitly {@link earshot.v1.Keepalive.verify|verify} messages.
             * @param message Keepalive message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Keepalive.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Keepalive message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Keepalive & earshot.v1.Keepalive.$Shape} Keepalive
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Keepalive & earshot.v1.Keepalive.$Shape;
        }

        namespace Keepalive {

            /** Properties of a Keepalive. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Keepalive. */
            type $Shape = earshot.v1.Keepalive.$Properties;
        }

        /**
         * Properties of a Close.
         * @deprecated Use earshot.v1.Close.$Properties instead.
         */
        interface IClose extends earshot.v1.Close.$Properties {
        }

        /** Represents a Close. */
        class Close {

            /**
             * Constructs a new Close.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Close.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified Close message. Does not implicitly {@link earshot.v1.Close.verify|verify} messages.
             * @param message Close message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Close.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Close message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Close & earshot.v1.Close.$Shape} Close
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Close & earshot.v1.Close.$Shape;
        }

        namespace Close {

            /** Properties of a Close. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Close. */
            type $Shape = earshot.v1.Close.$Properties;
        }

        /**
         * Properties of a ServerMessage.
         * @deprecated Use earshot.v1.ServerMessage.$Properties instead.
         */
        interface IServerMessage extends earshot.v1.ServerMessage.$Properties {
        }

        /** Represents a ServerMessage. */
        class ServerMessage {

            /**
             * Constructs a new ServerMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.ServerMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ServerMessage seq. */
            seq: number;

            /** ServerMessage ready. */
            ready: (earshot.v1.Ready|null);

            /** ServerMessage speech_started. */
            speech_started: (earshot.v1.SpeechStarted|null);

            /** ServerMessage intent. */
            intent: (earshot.v1.Intent|null);

            /** ServerMessage utterance_end. */
            utterance_end: (earshot.v1.UtteranceEnd|null);

            /** ServerMessage gap. */
            gap: (earshot.v1.Gap|null);

            /** ServerMessage warning. */
            warning: (earshot.v1.Warning|null);

            /** ServerMessage error. */
            error: (earshot.v1.Error|null);

            /** ServerMessage reconnect. */
            reconnect: (earshot.v1.Reconnect|null);

            /** ServerMessage closed. */
            closed: (earshot.v1.Closed|null);

            /** ServerMessage receipt. */
            receipt: (earshot.v1.Receipt|null);

            /** ServerMessage message. */
            message?: ("ready"|"speech_started"|"intent"|"utterance_end"|"gap"|"warning"|"error"|"reconnect"|"closed"|"receipt");

            /**
             * Encodes the specified ServerMessage message. Does not implicitly {@link earshot.v1.ServerMessage.verify|verify} messages.
             * @param message ServerMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.ServerMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ServerMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.ServerMessage & earshot.v1.ServerMessage.$Shape} ServerMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.ServerMessage & earshot.v1.ServerMessage.$Shape;
        }

        namespace ServerMessage {

            /** Properties of a ServerMessage. */
            interface $Properties {

                /** ServerMessage seq */
                seq?: number;

                /** ServerMessage ready */
                ready?: (earshot.v1.Ready.$Properties|null);

                /** ServerMessage speech_started */
                speech_started?: (earshot.v1.SpeechStarted.$Properties|null);

                /** ServerMessage intent */
                intent?: (earshot.v1.Intent.$Properties|null);

                /** ServerMessage utterance_end */
                utterance_end?: (earshot.v1.UtteranceEnd.$Properties|null);

                /** ServerMessage gap */
                gap?: (earshot.v1.Gap.$Properties|null);

                /** ServerMessage warning */
                warning?: (earshot.v1.Warning.$Properties|null);

                /** ServerMessage error */
                error?: (earshot.v1.Error.$Properties|null);

                /** ServerMessage reconnect */
                reconnect?: (earshot.v1.Reconnect.$Properties|null);

                /** ServerMessage closed */
                closed?: (earshot.v1.Closed.$Properties|null);

                /** ServerMessage receipt */
                receipt?: (earshot.v1.Receipt.$Properties|null);

                /** ServerMessage message */
                message?: ("ready"|"speech_started"|"intent"|"utterance_end"|"gap"|"warning"|"error"|"reconnect"|"closed"|"receipt");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ServerMessage. */
            type $Shape = {
              seq?: number;
              ready?: earshot.v1.Ready.$Shape|null;
              speech_started?: earshot.v1.SpeechStarted.$Shape|null;
              intent?: earshot.v1.Intent.$Shape|null;
              utterance_end?: earshot.v1.UtteranceEnd.$Shape|null;
              gap?: earshot.v1.Gap.$Shape|null;
              warning?: earshot.v1.Warning.$Shape|null;
              error?: earshot.v1.Error.$Shape|null;
              reconnect?: earshot.v1.Reconnect.$Shape|null;
              closed?: earshot.v1.Closed.$Shape|null;
              receipt?: earshot.v1.Receipt.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ message?: undefined; ready?: null; speech_started?: null; intent?: null; utterance_end?: null; gap?: null; warning?: null; error?: null; reconnect?: null; closed?: null; receipt?: null }|{ message?: "ready"; ready: earshot.v1.Ready.$Shape; speech_started?: null; intent?: null; utterance_end?: null; gap?: null; warning?: null; error?: null; reconnect?: null; closed?: null; receipt?: null }|{ message?: "speech_started"; ready?: null; speech_started: earshot.v1.SpeechStarted.$Shape; intent?: null; utterance_end?: null; gap?: null; warning?: null; error?: null; reconnect?: null; closed?: null; receipt?: null }|{ message?: "intent"; ready?: null; speech_started?: null; intent: earshot.v1.Intent.$Shape; utterance_end?: null; gap?: null; warning?: null; error?: null; reconnect?: null; closed?: null; receipt?: null }|{ message?: "utterance_end"; ready?: null; speech_started?: null; intent?: null; utterance_end: earshot.v1.UtteranceEnd.$Shape; gap?: null; warning?: null; error?: null; reconnect?: null; closed?: null; receipt?: null }|{ message?: "gap"; ready?: null; speech_started?: null; intent?: null; utterance_end?: null; gap: earshot.v1.Gap.$Shape; warning?: null; error?: null; reconnect?: null; closed?: null; receipt?: null }|{ message?: "warning"; ready?: null; speech_started?: null; intent?: null; utterance_end?: null; gap?: null; warning: earshot.v1.Warning.$Shape; error?: null; reconnect?: null; closed?: null; receipt?: null }|{ message?: "error"; ready?: null; speech_started?: null; intent?: null; utterance_end?: null; gap?: null; warning?: null; error: earshot.v1.Error.$Shape; reconnect?: null; closed?: null; receipt?: null }|{ message?: "reconnect"; ready?: null; speech_started?: null; intent?: null; utterance_end?: null; gap?: null; warning?: null; error?: null; reconnect: earshot.v1.Reconnect.$Shape; closed?: null; receipt?: null }|{ message?: "closed"; ready?: null; speech_started?: null; intent?: null; utterance_end?: null; gap?: null; warning?: null; error?: null; reconnect?: null; closed: earshot.v1.Closed.$Shape; receipt?: null }|{ message?: "receipt"; ready?: null; speech_started?: null; intent?: null; utterance_end?: null; gap?: null; warning?: null; error?: null; reconnect?: null; closed?: null; receipt: earshot.v1.Receipt.$Shape })
            );
        }

        /**
         * Properties of a Ready.
         * @deprecated Use earshot.v1.Ready.$Properties instead.
         */
        interface IReady extends earshot.v1.Ready.$Properties {
        }

        /** Represents a Ready. */
        class Ready {

            /**
             * Constructs a new Ready.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Ready.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ready session_id. */
            session_id: string;

            /** Ready resume_token. */
            resume_token: string;

            /** Ready config. */
            config: earshot.v1.Config;

            /** Ready model. */
            model: earshot.v1.Model;

            /** Ready limits. */
            limits: earshot.v1.Limits;

            /** Ready received_messages. */
            received_messages: (number|null);

            /**
             * Encodes the specified Ready message. Does not implicitly {@link earshot.v1.Ready.verify|verify} messages.
             * @param message Ready message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Ready.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Ready message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Ready & earshot.v1.Ready.$Shape} Ready
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Ready & earshot.v1.Ready.$Shape;
        }

        namespace Ready {

            /** Properties of a Ready. */
            interface $Properties {

                /** Ready session_id */
                session_id?: string;

                /** Ready resume_token */
                resume_token?: string;

                /** Ready config */
                config?: earshot.v1.Config.$Properties;

                /** Ready model */
                model?: earshot.v1.Model.$Properties;

                /** Ready limits */
                limits?: earshot.v1.Limits.$Properties;

                /** Ready received_messages */
                received_messages?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Ready. */
            type $Shape = earshot.v1.Ready.$Properties;
        }

        /**
         * Properties of a Config.
         * @deprecated Use earshot.v1.Config.$Properties instead.
         */
        interface IConfig extends earshot.v1.Config.$Properties {
        }

        /** Represents a Config. */
        class Config {

            /**
             * Constructs a new Config.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Config.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Config audio. */
            audio: earshot.v1.AudioFormat;

            /** Config model. */
            model: string;

            /** Config hop_ms. */
            hop_ms: number;

            /** Config interim. */
            interim: boolean;

            /** Config top_k. */
            top_k: number;

            /** Config threshold. */
            threshold: number;

            /** Config endpointing. */
            endpointing: earshot.v1.Endpointing;

            /** Config client_reference_id. */
            client_reference_id: (string|null);

            /**
             * Encodes the specified Config message. Does not implicitly {@link earshot.v1.Config.verify|verify} messages.
             * @param message Config message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Config.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Config message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Config & earshot.v1.Config.$Shape} Config
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Config & earshot.v1.Config.$Shape;
        }

        namespace Config {

            /** Properties of a Config. */
            interface $Properties {

                /** Config audio */
                audio?: earshot.v1.AudioFormat.$Properties;

                /** Config model */
                model?: string;

                /** Config hop_ms */
                hop_ms?: number;

                /** Config interim */
                interim?: boolean;

                /** Config top_k */
                top_k?: number;

                /** Config threshold */
                threshold?: number;

                /** Config endpointing */
                endpointing?: earshot.v1.Endpointing.$Properties;

                /** Config client_reference_id */
                client_reference_id?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Config. */
            type $Shape = earshot.v1.Config.$Properties;
        }

        /**
         * Properties of a Model.
         * @deprecated Use earshot.v1.Model.$Properties instead.
         */
        interface IModel extends earshot.v1.Model.$Properties {
        }

        /** Represents a Model. */
        class Model {

            /**
             * Constructs a new Model.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Model.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Model name. */
            name: string;

            /** Model version. */
            version: string;

            /** Model labels. */
            labels: string[];

            /** Model sample_rate. */
            sample_rate: number;

            /** Model frame_ms. */
            frame_ms: number;

            /** Model hop_ms. */
            hop_ms: number;

            /**
             * Encodes the specified Model message. Does not implicitly {@link earshot.v1.Model.verify|verify} messages.
             * @param message Model message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Model.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Model message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Model & earshot.v1.Model.$Shape} Model
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Model & earshot.v1.Model.$Shape;
        }

        namespace Model {

            /** Properties of a Model. */
            interface $Properties {

                /** Model name */
                name?: string;

                /** Model version */
                version?: string;

                /** Model labels */
                labels?: string[];

                /** Model sample_rate */
                sample_rate?: number;

                /** Model frame_ms */
                frame_ms?: number;

                /** Model hop_ms */
                hop_ms?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Model. */
            type $Shape = earshot.v1.Model.$Properties;
        }

        /**
         * Properties of a Limits.
         * @deprecated Use earshot.v1.Limits.$Properties instead.
         */
        interface ILimits extends earshot.v1.Limits.$Properties {
        }

        /** Represents a Limits. */
        class Limits {

            /**
             * Constructs a new Limits.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Limits.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Limits max_message_bytes. */
            max_message_bytes: number;

            /** Limits idle_timeout_ms. */
            idle_timeout_ms: number;

            /** Limits max_channels. */
            max_channels: number;

            /** Limits min_hop_ms. */
            min_hop_ms: number;

            /** Limits max_hop_ms. */
            max_hop_ms: number;

            /** Limits resume_window_ms. */
            resume_window_ms: (number|null);

            /**
             * Encodes the specified Limits message. Does not implicitly {@link earshot.v1.Limits.verify|verify} messages.
             * @param message Limits message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Limits.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Limits message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Limits & earshot.v1.Limits.$Shape} Limits
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Limits & earshot.v1.Limits.$Shape;
        }

        namespace Limits {

            /** Properties of a Limits. */
            interface $Properties {

                /** Limits max_message_bytes */
                max_message_bytes?: number;

                /** Limits idle_timeout_ms */
                idle_timeout_ms?: number;

                /** Limits max_channels */
                max_channels?: number;

                /** Limits min_hop_ms */
                min_hop_ms?: number;

                /** Limits max_hop_ms */
                max_hop_ms?: number;

                /** Limits resume_window_ms */
                resume_window_ms?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Limits. */
            type $Shape = earshot.v1.Limits.$Properties;
        }

        /**
         * Properties of a SpeechStarted.
         * @deprecated Use earshot.v1.SpeechStarted.$Properties instead.
         */
        interface ISpeechStarted extends earshot.v1.SpeechStarted.$Properties {
        }

        /** Represents a SpeechStarted. */
        class SpeechStarted {

            /**
             * Constructs a new SpeechStarted.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.SpeechStarted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SpeechStarted channel. */
            channel: number;

            /** SpeechStarted at_ms. */
            at_ms: number;

            /**
             * Encodes the specified SpeechStarted message. Does not implicitly {@link earshot.v1.SpeechStarted.verify|verify} messages.
             * @param message SpeechStarted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.SpeechStarted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SpeechStarted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.SpeechStarted & earshot.v1.SpeechStarted.$Shape} SpeechStarted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.SpeechStarted & earshot.v1.SpeechStarted.$Shape;
        }

        namespace SpeechStarted {

            /** Properties of a SpeechStarted. */
            interface $Properties {

                /** SpeechStarted channel */
                channel?: number;

                /** SpeechStarted at_ms */
                at_ms?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SpeechStarted. */
            type $Shape = earshot.v1.SpeechStarted.$Properties;
        }

        /**
         * Properties of an Intent.
         * @deprecated Use earshot.v1.Intent.$Properties instead.
         */
        interface IIntent extends earshot.v1.Intent.$Properties {
        }

        /** Represents an Intent. */
        class Intent {

            /**
             * Constructs a new Intent.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Intent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Intent channel. */
            channel: number;

            /** Intent utterance. */
            utterance: number;

            /** Intent status. */
            status: string;

            /** Intent start_ms. */
            start_ms: number;

            /** Intent end_ms. */
            end_ms: number;

            /** Intent intent. */
            intent: (string|null);

            /** Intent out_of_scope. */
            out_of_scope: boolean;

            /** Intent score. */
            score: number;

            /** Intent scores. */
            scores: earshot.v1.LabelScore[];

            /** Intent latency_ms. */
            latency_ms: earshot.v1.Latency;

            /**
             * Encodes the specified Intent message. Does not implicitly {@link earshot.v1.Intent.verify|verify} messages.
             * @param message Intent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Intent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Intent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Intent & earshot.v1.Intent.$Shape} Intent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Intent & earshot.v1.Intent.$Shape;
        }

        namespace Intent {

            /** Properties of an Intent. */
            interface $Properties {

                /** Intent channel */
                channel?: number;

                /** Intent utterance */
                utterance?: number;

                /** Intent status */
                status?: string;

                /** Intent start_ms */
                start_ms?: number;

                /** Intent end_ms */
                end_ms?: number;

                /** Intent intent */
                intent?: (string|null);

                /** Intent out_of_scope */
                out_of_scope?: boolean;

                /** Intent score */
                score?: number;

                /** Intent scores */
                scores?: earshot.v1.LabelScore.$Properties[];

                /** Intent latency_ms */
                latency_ms?: earshot.v1.Latency.$Properties;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Intent. */
            type $Shape = earshot.v1.Intent.$Properties;
        }

        /**
         * Properties of a LabelScore.
         * @deprecated Use earshot.v1.LabelScore.$Properties instead.
         */
        interface ILabelScore extends earshot.v1.LabelScore.$Properties {
        }

        /** Represents a LabelScore. */
        class LabelScore {

            /**
             * Constructs a new LabelScore.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.LabelScore.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LabelScore label. */
            label: string;

            /** LabelScore score. */
            score: number;

            /**
             * Encodes the specified LabelScore message. Does not implicitly {@link earshot.v1.LabelScore.verify|verify} messages.
             * @param message LabelScore message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.LabelScore.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LabelScore message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.LabelScore & earshot.v1.LabelScore.$Shape} LabelScore
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.LabelScore & earshot.v1.LabelScore.$Shape;
        }

        namespace LabelScore {

            /** Properties of a LabelScore. */
            interface $Properties {

                /** LabelScore label */
                label?: string;

                /** LabelScore score */
                score?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LabelScore. */
            type $Shape = earshot.v1.LabelScore.$Properties;
        }

        /**
         * Properties of a Latency.
         * @deprecated Use earshot.v1.Latency.$Properties instead.
         */
        interface ILatency extends earshot.v1.Latency.$Properties {
        }

        /** Represents a Latency. */
        class Latency {

            /**
             * Constructs a new Latency.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Latency.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Latency queue. */
            queue: number;

            /** Latency infer. */
            infer: number;

            /** Latency total. */
            total: number;

            /**
             * Encodes the specified Latency message. Does not implicitly {@link earshot.v1.Latency.verify|verify} messages.
             * @param message Latency message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Latency.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Latency message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Latency & earshot.v1.Latency.$Shape} Latency
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Latency & earshot.v1.Latency.$Shape;
        }

        namespace Latency {

            /** Properties of a Latency. */
            interface $Properties {

                /** Latency queue */
                queue?: number;

                /** Latency infer */
                infer?: number;

                /** Latency total */
                total?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Latency. */
            type $Shape = earshot.v1.Latency.$Properties;
        }

        /**
         * Properties of an UtteranceEnd.
         * @deprecated Use earshot.v1.UtteranceEnd.$Properties instead.
         */
        interface IUtteranceEnd extends earshot.v1.UtteranceEnd.$Properties {
        }

        /** Represents an UtteranceEnd. */
        class UtteranceEnd {

            /**
             * Constructs a new UtteranceEnd.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.UtteranceEnd.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** UtteranceEnd channel. */
            channel: number;

            /** UtteranceEnd utterance. */
            utterance: number;

            /** UtteranceEnd end_ms. */
            end_ms: number;

            /** UtteranceEnd reason. */
            reason: string;

            /**
             * Encodes the specified UtteranceEnd message. Does not implicitly {@link earshot.v1.UtteranceEnd.verify|verify} messages.
             * @param message UtteranceEnd message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.UtteranceEnd.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an UtteranceEnd message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.UtteranceEnd & earshot.v1.UtteranceEnd.$Shape} UtteranceEnd
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.UtteranceEnd & earshot.v1.UtteranceEnd.$Shape;
        }

        namespace UtteranceEnd {

            /** Properties of an UtteranceEnd. */
            interface $Properties {

                /** UtteranceEnd channel */
                channel?: number;

                /** UtteranceEnd utterance */
                utterance?: number;

                /** UtteranceEnd end_ms */
                end_ms?: number;

                /** UtteranceEnd reason */
                reason?: string;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an UtteranceEnd. */
            type $Shape = earshot.v1.UtteranceEnd.$Properties;
        }

        /**
         * Properties of a Gap.
         * @deprecated Use earshot.v1.Gap.$Properties instead.
         */
        interface IGap extends earshot.v1.Gap.$Properties {
        }

        /** Represents a Gap. */
        class Gap {

            /**
             * Constructs a new Gap.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Gap.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Gap channel. */
            channel: number;

            /** Gap start_ms. */
            start_ms: number;

            /** Gap end_ms. */
            end_ms: number;

            /** Gap reason. */
            reason: string;

            /**
             * Encodes the specified Gap message. Does not implicitly {@link earshot.v1.Gap.verify|verify} messages.
             * @param message Gap message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Gap.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Gap message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Gap & earshot.v1.Gap.$Shape} Gap
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Gap & earshot.v1.Gap.$Shape;
        }

        namespace Gap {

            /** Properties of a Gap. */
            interface $Properties {

                /** Gap channel */
                channel?: number;

                /** Gap start_ms */
                start_ms?: number;

                /** Gap end_ms */
                end_ms?: number;

                /** Gap reason */
                reason?: string;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Gap. */
            type $Shape = earshot.v1.Gap.$Properties;
        }

        /**
         * Properties of a Warning.
         * @deprecated Use earshot.v1.Warning.$Properties instead.
         */
        interface IWarning extends earshot.v1.Warning.$Properties {
        }

        /** Represents a Warning. */
        class Warning {

            /**
             * Constructs a new Warning.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Warning.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Warning code. */
            code: string;

            /** Warning message. */
            message: string;

            /**
             * Encodes the specified Warning message. Does not implicitly {@link earshot.v1.Warning.verify|verify} messages.
             * @param message Warning message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Warning.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Warning message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Warning & earshot.v1.Warning.$Shape} Warning
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Warning & earshot.v1.Warning.$Shape;
        }

        namespace Warning {

            /** Properties of a Warning. */
            interface $Properties {

                /** Warning code */
                code?: string;

                /** Warning message */
                message?: string;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Warning. */
            type $Shape = earshot.v1.Warning.$Properties;
        }

        /**
         * Properties of an Error.
         * @deprecated Use earshot.v1.Error.$Properties instead.
         */
        interface IError extends earshot.v1.Error.$Properties {
        }

        /** Represents an Error. */
        class Error {

            /**
             * Constructs a new Error.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Error.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Error code. */
            code: string;

            /** Error message. */
            message: string;

            /** Error retryable. */
            retryable: boolean;

            /** Error request_id. */
            request_id: string;

            /** Error retry_after_ms. */
            retry_after_ms: (number|null);

            /**
             * Encodes the specified Error message. Does not implicitly {@link earshot.v1.Error.verify|verify} messages.
             * @param message Error message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Error.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Error message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Error & earshot.v1.Error.$Shape} Error
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Error & earshot.v1.Error.$Shape;
        }

        namespace Error {

            /** Properties of an Error. */
            interface $Properties {

                /** Error code */
                code?: string;

                /** Error message */
                message?: string;

                /** Error retryable */
                retryable?: boolean;

                /** Error request_id */
                request_id?: string;

                /** Error retry_after_ms */
                retry_after_ms?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Error. */
            type $Shape = earshot.v1.Error.$Properties;
        }

        /**
         * Properties of a Reconnect.
         * @deprecated Use earshot.v1.Reconnect.$Properties instead.
         */
        interface IReconnect extends earshot.v1.Reconnect.$Properties {
        }

        /** Represents a Reconnect. */
        class Reconnect {

            /**
             * Constructs a new Reconnect.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Reconnect.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Reconnect grace_ms. */
            grace_ms: number;

            /**
             * Encodes the specified Reconnect message. Does not implicitly {@link earshot.v1.Reconnect.verify|verify} messages.
             * @param message Reconnect message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Reconnect.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Reconnect message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Reconnect & earshot.v1.Reconnect.$Shape} Reconnect
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Reconnect & earshot.v1.Reconnect.$Shape;
        }

        namespace Reconnect {

            /** Properties of a Reconnect. */
            interface $Properties {

                /** Reconnect grace_ms */
                grace_ms?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Reconnect. */
            type $Shape = earshot.v1.Reconnect.$Properties;
        }

        /**
         * Properties of a Closed.
         * @deprecated Use earshot.v1.Closed.$Properties instead.
         */
        interface IClosed extends earshot.v1.Closed.$Properties {
        }

        /** Represents a Closed. */
        class Closed {

            /**
             * Constructs a new Closed.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Closed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Closed audio_ms. */
            audio_ms: number;

            /** Closed frames. */
            frames: number;

            /** Closed utterances. */
            utterances: number;

            /** Closed gap_ms. */
            gap_ms: number;

            /**
             * Encodes the specified Closed message. Does not implicitly {@link earshot.v1.Closed.verify|verify} messages.
             * @param message Closed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Closed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Closed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Closed & earshot.v1.Closed.$Shape} Closed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Closed & earshot.v1.Closed.$Shape;
        }

        namespace Closed {

            /** Properties of a Closed. */
            interface $Properties {

                /** Closed audio_ms */
                audio_ms?: number;

                /** Closed frames */
                frames?: number;

                /** Closed utterances */
                utterances?: number;

                /** Closed gap_ms */
                gap_ms?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Closed. */
            type $Shape = earshot.v1.Closed.$Properties;
        }

        /**
         * Properties of a Receipt.
         * @deprecated Use earshot.v1.Receipt.$Properties instead.
         */
        interface IReceipt extends earshot.v1.Receipt.$Properties {
        }

        /** Represents a Receipt. */
        class Receipt {

            /**
             * Constructs a new Receipt.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Receipt.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Receipt received_messages. */
            received_messages: number;

            /** Receipt settled_ms. */
            settled_ms: number;

            /**
             * Encodes the specified Receipt message. Does not implicitly {@link earshot.v1.Receipt.verify|verify} messages.
             * @param message Receipt message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Receipt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Receipt message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Receipt & earshot.v1.Receipt.$Shape} Receipt
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Receipt & earshot.v1.Receipt.$Shape;
        }

        namespace Receipt {

            /** Properties of a Receipt. */
            interface $Properties {

                /** Receipt received_messages */
                received_messages?: number;

                /** Receipt settled_ms */
                settled_ms?: number;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Receipt. */
            type $Shape = earshot.v1.Receipt.$Properties;
        }

        /**
         * Properties of a ClassifyRequest.
         * @deprecated Use earshot.v1.ClassifyRequest.$Properties instead.
         */
        interface IClassifyRequest extends earshot.v1.ClassifyRequest.$Properties {
        }

        /** Represents a ClassifyRequest. */
        class ClassifyRequest {

            /**
             * Constructs a new ClassifyRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.ClassifyRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ClassifyRequest wav. */
            wav: (Uint8Array|null);

            /** ClassifyRequest raw. */
            raw: (earshot.v1.RawAudio|null);

            /** ClassifyRequest model. */
            model: (string|null);

            /** ClassifyRequest top_k. */
            top_k: (number|null);

            /** ClassifyRequest source. */
            source?: ("wav"|"raw");

            /**
             * Encodes the specified ClassifyRequest message. Does not implicitly {@link earshot.v1.ClassifyRequest.verify|verify} messages.
             * @param message ClassifyRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.ClassifyRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ClassifyRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.ClassifyRequest & earshot.v1.ClassifyRequest.$Shape} ClassifyRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.ClassifyRequest & earshot.v1.ClassifyRequest.$Shape;
        }

        namespace ClassifyRequest {

            /** Properties of a ClassifyRequest. */
            interface $Properties {

                /** ClassifyRequest wav */
                wav?: (Uint8Array|null);

                /** ClassifyRequest raw */
                raw?: (earshot.v1.RawAudio.$Properties|null);

                /** ClassifyRequest model */
                model?: (string|null);

                /** ClassifyRequest top_k */
                top_k?: (number|null);

                /** ClassifyRequest source */
                source?: ("wav"|"raw");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ClassifyRequest. */
            type $Shape = {
              wav?: Uint8Array|null;
              raw?: earshot.v1.RawAudio.$Shape|null;
              model?: string|null;
              top_k?: number|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ source?: undefined; wav?: null; raw?: null }|{ source?: "wav"; wav: Uint8Array; raw?: null }|{ source?: "raw"; wav?: null; raw: earshot.v1.RawAudio.$Shape })
            );
        }

        /**
         * Properties of a RawAudio.
         * @deprecated Use earshot.v1.RawAudio.$Properties instead.
         */
        interface IRawAudio extends earshot.v1.RawAudio.$Properties {
        }

        /** Represents a RawAudio. */
        class RawAudio {

            /**
             * Constructs a new RawAudio.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.RawAudio.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RawAudio audio. */
            audio: earshot.v1.AudioFormat;

            /** RawAudio content. */
            content: Uint8Array;

            /**
             * Encodes the specified RawAudio message. Does not implicitly {@link earshot.v1.RawAudio.verify|verify} messages.
             * @param message RawAudio message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.RawAudio.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RawAudio message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.RawAudio & earshot.v1.RawAudio.$Shape} RawAudio
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.RawAudio & earshot.v1.RawAudio.$Shape;
        }

        namespace RawAudio {

            /** Properties of a RawAudio. */
            interface $Properties {

                /** RawAudio audio */
                audio?: earshot.v1.AudioFormat.$Properties;

                /** RawAudio content */
                content?: Uint8Array;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RawAudio. */
            type $Shape = earshot.v1.RawAudio.$Properties;
        }

        /**
         * Properties of a ClassifyResponse.
         * @deprecated Use earshot.v1.ClassifyResponse.$Properties instead.
         */
        interface IClassifyResponse extends earshot.v1.ClassifyResponse.$Properties {
        }

        /** Represents a ClassifyResponse. */
        class ClassifyResponse {

            /**
             * Constructs a new ClassifyResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.ClassifyResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ClassifyResponse model. */
            model: string;

            /** ClassifyResponse audio_ms. */
            audio_ms: number;

            /** ClassifyResponse intent. */
            intent: (string|null);

            /** ClassifyResponse out_of_scope. */
            out_of_scope: boolean;

            /** ClassifyResponse score. */
            score: number;

            /** ClassifyResponse scores. */
            scores: earshot.v1.LabelScore[];

            /** ClassifyResponse utterances. */
            utterances: earshot.v1.Utterance[];

            /**
             * Encodes the specified ClassifyResponse message. Does not implicitly {@link earshot.v1.ClassifyResponse.verify|verify} messages.
             * @param message ClassifyResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.ClassifyResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ClassifyResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.ClassifyResponse & earshot.v1.ClassifyResponse.$Shape} ClassifyResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.ClassifyResponse & earshot.v1.ClassifyResponse.$Shape;
        }

        namespace ClassifyResponse {

            /** Properties of a ClassifyResponse. */
            interface $Properties {

                /** ClassifyResponse model */
                model?: string;

                /** ClassifyResponse audio_ms */
                audio_ms?: number;

                /** ClassifyResponse intent */
                intent?: (string|null);

                /** ClassifyResponse out_of_scope */
                out_of_scope?: boolean;

                /** ClassifyResponse score */
                score?: number;

                /** ClassifyResponse scores */
                scores?: earshot.v1.LabelScore.$Properties[];

                /** ClassifyResponse utterances */
                utterances?: earshot.v1.Utterance.$Properties[];

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ClassifyResponse. */
            type $Shape = earshot.v1.ClassifyResponse.$Properties;
        }

        /**
         * Properties of an Utterance.
         * @deprecated Use earshot.v1.Utterance.$Properties instead.
         */
        interface IUtterance extends earshot.v1.Utterance.$Properties {
        }

        /** Represents an Utterance. */
        class Utterance {

            /**
             * Constructs a new Utterance.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.Utterance.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Utterance channel. */
            channel: number;

            /** Utterance utterance. */
            utterance: number;

            /** Utterance start_ms. */
            start_ms: number;

            /** Utterance end_ms. */
            end_ms: number;

            /** Utterance intent. */
            intent: (string|null);

            /** Utterance out_of_scope. */
            out_of_scope: boolean;

            /** Utterance score. */
            score: number;

            /** Utterance scores. */
            scores: earshot.v1.LabelScore[];

            /**
             * Encodes the specified Utterance message. Does not implicitly {@link earshot.v1.Utterance.verify|verify} messages.
             * @param message Utterance message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.Utterance.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Utterance message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.Utterance & earshot.v1.Utterance.$Shape} Utterance
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.Utterance & earshot.v1.Utterance.$Shape;
        }

        namespace Utterance {

            /** Properties of an Utterance. */
            interface $Properties {

                /** Utterance channel */
                channel?: number;

                /** Utterance utterance */
                utterance?: number;

                /** Utterance start_ms */
                start_ms?: number;

                /** Utterance end_ms */
                end_ms?: number;

                /** Utterance intent */
                intent?: (string|null);

                /** Utterance out_of_scope */
                out_of_scope?: boolean;

                /** Utterance score */
                score?: number;

                /** Utterance scores */
                scores?: earshot.v1.LabelScore.$Properties[];

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Utterance. */
            type $Shape = earshot.v1.Utterance.$Properties;
        }

        /**
         * Properties of a ListModelsRequest.
         * @deprecated Use earshot.v1.ListModelsRequest.$Properties instead.
         */
        interface IListModelsRequest extends earshot.v1.ListModelsRequest.$Properties {
        }

        /** Represents a ListModelsRequest. */
        class ListModelsRequest {

            /**
             * Constructs a new ListModelsRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.ListModelsRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified ListModelsRequest message. Does not implicitly {@link earshot.v1.ListModelsRequest.verify|verify} messages.
             * @param message ListModelsRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.ListModelsRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ListModelsRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.ListModelsRequest & earshot.v1.ListModelsRequest.$Shape} ListModelsRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.ListModelsRequest & earshot.v1.ListModelsRequest.$Shape;
        }

        namespace ListModelsRequest {

            /** Properties of a ListModelsRequest. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ListModelsRequest. */
            type $Shape = earshot.v1.ListModelsRequest.$Properties;
        }

        /**
         * Properties of a ListModelsResponse.
         * @deprecated Use earshot.v1.ListModelsResponse.$Properties instead.
         */
        interface IListModelsResponse extends earshot.v1.ListModelsResponse.$Properties {
        }

        /** Represents a ListModelsResponse. */
        class ListModelsResponse {

            /**
             * Constructs a new ListModelsResponse.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.ListModelsResponse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ListModelsResponse models. */
            models: earshot.v1.ModelListing[];

            /**
             * Encodes the specified ListModelsResponse message. Does not implicitly {@link earshot.v1.ListModelsResponse.verify|verify} messages.
             * @param message ListModelsResponse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.ListModelsResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ListModelsResponse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.ListModelsResponse & earshot.v1.ListModelsResponse.$Shape} ListModelsResponse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.ListModelsResponse & earshot.v1.ListModelsResponse.$Shape;
        }

        namespace ListModelsResponse {

            /** Properties of a ListModelsResponse. */
            interface $Properties {

                /** ListModelsResponse models */
                models?: earshot.v1.ModelListing.$Properties[];

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ListModelsResponse. */
            type $Shape = earshot.v1.ListModelsResponse.$Properties;
        }

        /**
         * Properties of a ModelListing.
         * @deprecated Use earshot.v1.ModelListing.$Properties instead.
         */
        interface IModelListing extends earshot.v1.ModelListing.$Properties {
        }

        /** Represents a ModelListing. */
        class ModelListing {

            /**
             * Constructs a new ModelListing.
             * @param [properties] Properties to set
             */
            constructor(properties?: earshot.v1.ModelListing.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ModelListing name. */
            name: string;

            /** ModelListing version. */
            version: string;

            /** ModelListing description. */
            description: string;

            /** ModelListing labels. */
            labels: string[];

            /** ModelListing sample_rate. */
            sample_rate: number;

            /** ModelListing frame_ms. */
            frame_ms: number;

            /** ModelListing hop_ms. */
            hop_ms: number;

            /** ModelListing min_hop_ms. */
            min_hop_ms: number;

            /** ModelListing max_hop_ms. */
            max_hop_ms: number;

            /** ModelListing precision. */
            precision: string;

            /** ModelListing provider. */
            provider: string;

            /** ModelListing is_default. */
            is_default: boolean;

            /**
             * Encodes the specified ModelListing message. Does not implicitly {@link earshot.v1.ModelListing.verify|verify} messages.
             * @param message ModelListing message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: earshot.v1.ModelListing.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ModelListing message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {earshot.v1.ModelListing & earshot.v1.ModelListing.$Shape} ModelListing
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): earshot.v1.ModelListing & earshot.v1.ModelListing.$Shape;
        }

        namespace ModelListing {

            /** Properties of a ModelListing. */
            interface $Properties {

                /** ModelListing name */
                name?: string;

                /** ModelListing version */
                version?: string;

                /** ModelListing description */
                description?: string;

                /** ModelListing labels */
                labels?: string[];

                /** ModelListing sample_rate */
                sample_rate?: number;

                /** ModelListing frame_ms */
                frame_ms?: number;

                /** ModelListing hop_ms */
                hop_ms?: number;

                /** ModelListing min_hop_ms */
                min_hop_ms?: number;

                /** ModelListing max_hop_ms */
                max_hop_ms?: number;

                /** ModelListing precision */
                precision?: string;

                /** ModelListing provider */
                provider?: string;

                /** ModelListing is_default */
                is_default?: boolean;

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ModelListing. */
            type $Shape = earshot.v1.ModelListing.$Properties;
        }
    }
}
