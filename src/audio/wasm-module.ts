/** Starts the small WebAssembly modules of this program, which are in its source as base64 (`tools/wasm.mjs`). */

/** A module's memory, which only grows. */
export interface WasmMemory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The parts of WebAssembly that are used here. */
interface Wasm {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

const PAGE_BYTES = 65_536;

/**
 * A new instance of a module that exports its `memory`, grown by at least so many bytes. `null` when WebAssembly, or what the module
 * needs of it, is unavailable: then the caller uses the same loops in TypeScript.
 */
export function instantiateWasm<Exports extends { memory: WasmMemory }>(base64: string, bytes: number): Exports | null {
  // Not available with `--jitless`.
  const { WebAssembly: wasm } = globalThis as { WebAssembly?: Wasm };
  if (wasm === undefined) return null;
  try {
    const module = compiled.get(base64) ?? new wasm.Module(Buffer.from(base64, 'base64'));
    compiled.set(base64, module);
    const exports = new wasm.Instance(module).exports as Exports;
    exports.memory.grow(Math.ceil(bytes / PAGE_BYTES));
    return exports;
  } catch {
    // No SIMD support, or limited address space: each memory reserves gigabytes.
    return null;
  }
}

const compiled = new Map<string, object>();
