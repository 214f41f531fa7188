/** Whether a plan may end before its files are read to the end: by itself, or because its sink takes no more rows. */
import type { Sink } from '../../core/queries/engine-plan.ts'
import { mayStopEarly } from '../../sql/analysis/early-stop.ts'
import type { Rel } from '../../sql/plan.ts'

export const stopsEarly = (root: Rel, sink: Sink): boolean => sink.kind === 'rows' || mayStopEarly(root)
