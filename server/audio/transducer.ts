/**
 * A synchronous step with state. Its output after any number of pushes depends on the sequence of its input, never on how
 * that sequence was cut; `flush` returns what is still held and leaves the transducer ready for new input.
 */
export interface Transducer<In, Out> {
  push(input: In): Out;
  flush(): Out;
}
