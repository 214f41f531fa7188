/** Bytes that grow as they are written, little end first. */
const FIRST_BYTES = 1024

export class ByteSink {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #size = 0

  get size(): number {
    return this.#size
  }

  byte(value: number): void {
    if (this.#size === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#size++] = value
  }

  put(bytes: Uint8Array, start = 0, end = bytes.length): void {
    const length = end - start
    if (this.#size + length > this.#bytes.length) this.#grow(length)
    if (length > 48) this.#bytes.set(bytes.subarray(start, end), this.#size)
    else for (let i = 0; i < length; i++) this.#bytes[this.#size + i] = bytes[start + i]!
    this.#size += length
  }

  float(value: number): void {
    if (this.#size + 4 > this.#bytes.length) this.#grow(4)
    this.#view.setFloat32(this.#size, value, true)
    this.#size += 4
  }

  double(value: number): void {
    if (this.#size + 8 > this.#bytes.length) this.#grow(8)
    this.#view.setFloat64(this.#size, value, true)
    this.#size += 8
  }

  /** Seven bits at a time, the lowest first, of a number without a sign in two halves. */
  varint(low: number, high: number): void {
    let [lower, upper] = [low, high]
    while (upper !== 0 || lower >>> 0 >= 0x80) {
      this.byte((lower & 0x7f) | 0x80)
      lower = (lower >>> 7) | (upper << 25)
      upper >>>= 7
    }
    this.byte(lower & 0x7f)
  }

  /** The same of a number with a sign, folded so that small ones stay small. */
  zigzag(low: number, high: number): void {
    const sign = high >> 31
    this.varint((low << 1) ^ sign, ((high << 1) | (low >>> 31)) ^ sign)
  }

  zigzagNumber(value: number): void {
    this.zigzag((value % 4_294_967_296) | 0, Math.floor(value / 4_294_967_296))
  }

  zigzagBig(value: bigint): void {
    this.zigzag(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  /** What was written, which is then forgotten. */
  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#size)
    this.#size = 0
    return bytes
  }

  #grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#size + by))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
