/** Container files of Avro that say what a test wants them to say. https://avro.apache.org/docs/1.11.1/specification/ */

export const long = (value: bigint | number): Buffer => {
  const bytes: number[] = []
  let left = BigInt(value)
  left = left >= 0n ? left * 2n : left * -2n - 1n
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128)
  return Buffer.from([...bytes, Number(left)])
}
export const text = (value: string): Buffer => Buffer.concat([long(Buffer.byteLength(value)), Buffer.from(value)])

export interface Block {
  readonly records: bigint | number
  /** As its codec leaves it. */
  readonly bytes: Buffer
  /** What is said of it. */
  readonly length?: bigint | number
}

export function avroFile(schema: object, codec: string, blocks: readonly Block[]): Buffer {
  const meta = [text('avro.schema'), text(JSON.stringify(schema)), text('avro.codec'), text(codec)]
  const sync = Buffer.alloc(16, 7)
  const laid = blocks.flatMap(({ records, bytes, length }) => [
    ...[long(records), long(length ?? bytes.length)],
    ...[bytes, sync],
  ])
  return Buffer.concat([Buffer.from('Obj\u0001'), long(2), ...meta, long(0), sync, ...laid])
}
