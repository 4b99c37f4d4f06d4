/** The part of the standard that is used here, because TypeScript declares it for browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** The memory of a module; `buffer` is another one after every `grow`. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

export const PAGE_BYTES = 65_536;
export const FLOAT_BYTES = 4;

/**
 * Compiles a module given in base64; each call of the result makes an instance, with memory of its own,
 * and returns what it exports.
 */
export const compileWasm = (base64: string): (() => object) => {
  const compiled = new WebAssembly.Module(Buffer.from(base64, 'base64'));
  return () => new WebAssembly.Instance(compiled).exports;
};
