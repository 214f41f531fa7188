/** Names for the columns of a plan, as EXPLAIN shows them: after what they hold, each used once. */
import type { Column, Scalar } from '../plan.ts'

export class Symbols {
  private readonly names = new Map<number, string>()
  private readonly taken = new Set<string>()

  /** The name of a column; one that nothing has been said of is an expression. */
  of(id: number): string {
    return this.names.get(id) ?? this.name(id, 'expr')
  }

  /** Gives the column a name of its own. */
  name(id: number, base: string): string {
    const stem = base.replace(/_\d+$/, '')
    let name = base
    for (let n = 0; this.taken.has(name); n++) name = `${stem}_${n}`
    this.taken.add(name)
    this.names.set(id, name)
    return name
  }

  /** The column is another one, passed on. */
  same(id: number, as: number): void {
    this.names.set(id, this.of(as))
  }

  /** After the expression: the column it is, the function it calls. */
  assign(column: Column, of: Scalar): void {
    if (of.kind === 'column') this.same(column.id, of.id)
    else this.name(column.id, of.kind === 'call' && !of.function.name.startsWith('$') ? of.function.name : 'expr')
  }

  layout(columns: readonly Column[]): readonly { readonly symbol: string; readonly column: Column }[] {
    return columns.map((column) => ({ symbol: this.of(column.id), column }))
  }
}
