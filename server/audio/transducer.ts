/**
 * A synchronous step with memory. What it has put out after any number of pushes depends on the sequence of its input,
 * never on how that sequence was cut; `flush` puts out what is still held and makes the transducer as good as new.
 */
export interface Transducer<In, Out> {
  push(input: In): Out;
  flush(): Out;
}
