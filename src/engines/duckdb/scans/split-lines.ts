/** Lines that a function of ours splits into texts (see ../line-groups.ts). */
import { quote } from '../../../sql/duckdb/types.ts'

/** Texts come as one, since lists are slow to hand over; nothing in a text looks like these. */
export const GROUP_SEPARATOR = '\u001e\u001f'
/** Of a text that there is not. */
export const NO_GROUP = '\u001f\u001e'

/** Rows of `lines`, each with the list `g` of its texts. `how`: the function's second argument. `also`: columns beside it. */
export function splitRows(lines: string, { by, how }: { by: string; how: string }, also: readonly string[]): string {
  const split = `string_split(${by}(f0, ${quote(how)}), ${quote(GROUP_SEPARATOR)})`
  return `(SELECT ${[`${split} AS g`, ...also].join(', ')} FROM ${lines})`
}

/** `place`: in the list, from zero. */
export const textAt = (place: number): string => `nullif(g[${place + 1}], ${quote(NO_GROUP)})`
