/** Runs beside the page: passes what the microphone hears to it, sample by sample, without a codec. */

/** What the browser gives to worklets; its own types leave them out. */
declare const registerProcessor: (name: string, processor: unknown) => void;
declare const AudioWorkletProcessor: new () => { port: MessagePort };

class Microphone extends AudioWorkletProcessor {
  process([input]: Float32Array[][]): boolean {
    const channel = input?.[0];
    if (channel !== undefined && channel.length > 0) this.port.postMessage(channel.slice());
    return true;
  }
}
registerProcessor('microphone', Microphone);
