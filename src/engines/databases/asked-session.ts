/** A connection for what is asked of a database's catalog: opened when something is, and anew when it has failed. */
export class AskedSession<Session extends { end(): Promise<void> }> {
  readonly #open: () => Promise<Session>
  #session: Promise<Session> | undefined

  constructor(open: () => Promise<Session>) {
    this.#open = open
  }

  async ask<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#session ??= this.#open()
    const asked = this.#session
    try {
      return await work(await asked)
    } catch (error) {
      if (this.#session === asked) this.#session = undefined
      asked.then((session) => session.end()).catch(() => undefined)
      throw error
    }
  }

  async end(): Promise<void> {
    await this.#session?.then((session) => session.end()).catch(() => undefined)
  }
}
