/** A field that a table format knows by an id, whatever a file calls it, and those inside it. */
export interface FieldIds {
  readonly id: number
  /** What files without ids may call it. */
  readonly names?: readonly string[]
  /** What stands for it in files that lack it, as text. */
  readonly initial?: string
  /** Of a struct its fields, of a list its element, of a map key and value. */
  readonly inner: readonly FieldIds[]
}
