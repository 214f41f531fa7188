/**
 * Gives the memory of a piece of a body back when it has been used, as only its owner may. Left to the garbage collector,
 * every 64 MiB that pass through would cost a search of the whole heap, which takes longer than the bytes do. A piece
 * that is part of something larger is left to it.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
