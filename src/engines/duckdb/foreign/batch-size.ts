/** How much is decoded before it is written: DuckDB's own size of a row group, less of wide rows. */
export const BATCH_ROWS = 122_880
export const BATCH_BYTES = 64 << 20
