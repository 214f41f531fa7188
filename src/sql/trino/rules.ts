import type { Rules } from './cursor.ts'
import { expression, value } from './expressions.ts'
import { primary } from './primary.ts'
import { query } from './queries.ts'
import { type } from './types.ts'

/** The whole grammar of queries, tied together. */
export const TRINO_RULES: Rules = { expression, value, primary, query, type }
