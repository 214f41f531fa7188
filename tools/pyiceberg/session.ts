import { join } from 'node:path'
import { type LineSession, startSession } from '../line-session.ts'
import { fetchPyiceberg } from './distribution.ts'

/** `catalogs`: the settings of each, by its name. The calls are those of `session.py`. */
export const startPyiceberg = async (
  catalogs: Readonly<Record<string, Readonly<Record<string, string>>>>,
  env: NodeJS.ProcessEnv,
): Promise<LineSession> =>
  startSession(
    'pyiceberg',
    await fetchPyiceberg(),
    [join(import.meta.dirname, 'session.py'), JSON.stringify(catalogs)],
    env,
  )
