/**
 * Hive's buckets, as its first algorithm reckons them (`bucketing_version` 1): which of them a row belongs to, and which
 * of them a file says, by its name, that it holds.
 * https://cwiki.apache.org/confluence/display/Hive/LanguageManual+DDL+BucketedTables
 */

/** Types by how they are hashed: `string` and `varchar` differ in what the hash begins with. */
export type BucketedType = 'boolean' | 'integer' | 'bigint' | 'real' | 'double' | 'string' | 'varchar' | 'date'

/** Integers and days since the epoch as bigint. */
export type BucketedValue = boolean | bigint | number | string | null

const cells = new DataView(new ArrayBuffer(8))
const utf8 = new TextEncoder()

/** Of 32 bits. */
export function bucketHash(type: BucketedType, value: BucketedValue): number {
  if (value === null) return 0
  switch (type) {
    case 'boolean':
      return value ? 1 : 0
    case 'integer':
    case 'date':
      return Number(value) | 0
    case 'bigint':
      cells.setBigInt64(0, BigInt(value))
      return cells.getInt32(0) ^ cells.getInt32(4)
    case 'real':
      cells.setFloat32(0, Number(value))
      return cells.getInt32(0)
    case 'double':
      cells.setFloat64(0, Number(value))
      return cells.getInt32(0) ^ cells.getInt32(4)
    case 'string':
    case 'varchar':
      return textHash(String(value), type === 'string' ? 0 : 1)
  }
}

/** Bytes are signed. */
function textHash(text: string, first: number): number {
  let hash = first
  for (const byte of utf8.encode(text)) hash = (Math.imul(hash, 31) + ((byte << 24) >> 24)) | 0
  return hash
}

/** `hashes`: of the columns, in the order of the table's. */
export function bucketOf(hashes: readonly number[], count: number): number {
  const hash = hashes.reduce((sum, one) => (Math.imul(sum, 31) + one) | 0, 0)
  return (hash & 0x7fffffff) % count
}

/** As Hive and Trino write it. */
export const bucketFileName = (bucket: number, rest: string): string => `${String(bucket).padStart(6, '0')}_0_${rest}`

/** Hive's names, and those that Athena gave before. */
const NAMES = [/^(0\d+)_\d+(?:[_.]|$)/, /^\d{8}_\d{6}_\d{5}_[a-z0-9]{5}_bucket-(\d+)(?:[-_.]|$)/]

/** Undefined for a name that says nothing of it. */
export function bucketInName(fileName: string): number | undefined {
  for (const pattern of NAMES) {
    const [, digits] = pattern.exec(fileName) ?? []
    if (digits !== undefined) return Number(digits)
  }
  return undefined
}
