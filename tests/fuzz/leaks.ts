/** Mutated questions of somebody who sees a part, for a time: `npm run fuzz -- --leaks --minutes 10`. */
import type { Random } from '../conformance/values.ts'
import { corpus } from './corpus.ts'
import { someDoor } from './leak-doors.ts'
import { leakQueries } from './leak-queries.ts'
import { openLeakTrials } from './leak-trial.ts'
import { mutate } from './mutation.ts'

/** Tokens of these come into others. */
const DONORS = [...leakQueries, ...leakQueries, ...leakQueries, ...corpus]
const AT_A_TIME = 4
/** How many of the questions are asked elsewhere than in SQL. */
const DOORS = 0.4

export interface LeakRun {
  readonly tally: ReadonlyMap<string, number>
  /** Each with the question. */
  readonly leaks: readonly string[]
}

/** The questions as they are first, then mutated ones until enough has been asked. */
export async function runLeaks(random: Random, isEnough: (asked: number) => boolean): Promise<LeakRun> {
  const trials = await openLeakTrials()
  const tally = new Map<string, number>()
  const leaks: string[] = []
  let asked = 0
  const ask = async (): Promise<void> => {
    while (!isEnough(asked)) {
      const plain = leakQueries[asked++]
      const atDoor = plain === undefined && random.chance(DOORS)
      const question = atDoor ? someDoor(random) : (plain ?? mutate(random.pick(leakQueries), DONORS, random))
      const { state, leak } = await trials.ask(question)
      tally.set(state, (tally.get(state) ?? 0) + 1)
      if (leak) leaks.push(`${typeof question === 'string' ? question : question.name}\n${leak}`)
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_A_TIME }, ask))
  } finally {
    await trials.close()
  }
  return { tally, leaks }
}
