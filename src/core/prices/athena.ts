/** What a query would cost on AWS, by the price book in `prices/athena.json`. */
import book from '../../../prices/athena.json' with { type: 'json' }

/** In US dollars. Cancelled queries pay for what they scanned; failed ones, and those that scan nothing, are free. */
export function queryCost(scannedBytes: number, statementType: string, state = 'SUCCEEDED'): number {
  if (scannedBytes === 0 || state === 'FAILED' || book.freeStatementTypes.includes(statementType)) return 0
  const rounded = Math.ceil(scannedBytes / book.roundUpToBytes) * book.roundUpToBytes
  return (Math.max(rounded, book.minimumBytesPerQuery) / book.terabyteBytes) * book.perTerabyteScanned
}
