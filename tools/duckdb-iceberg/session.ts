import { join } from 'node:path'
import { type LineSession, startSession } from '../line-session.ts'
import { fetchDuckdbIceberg } from './distribution.ts'

/** Of statements as `{ sql }`. Databases are those of the catalog `lake`, which is the server's; it logs in as any client of OAuth. */
export async function startDuckdbIceberg(endpoint: string): Promise<LineSession> {
  const python = await fetchDuckdbIceberg()
  const session = await startSession('duckdb', python, [join(import.meta.dirname, 'session.py')], {})
  try {
    const place = new URL(endpoint).host
    for (const sql of [
      `CREATE SECRET files (TYPE s3, KEY_ID 'test', SECRET 'test', REGION 'us-east-1', ENDPOINT '${place}', URL_STYLE 'path', USE_SSL false)`,
      `CREATE SECRET catalog (TYPE iceberg, CLIENT_ID 'test', CLIENT_SECRET 'test', OAUTH2_SERVER_URI '${endpoint}/iceberg/v1/oauth/tokens')`,
      `ATTACH '000000000000' AS lake (TYPE iceberg, ENDPOINT '${endpoint}/iceberg', SECRET catalog)`,
    ])
      await session.ask({ sql })
    return session
  } catch (error) {
    await session.stop()
    throw error
  }
}
