/** The one session behind all connections: takes a message, hands out what the database answers. */
export type Session = (message: Uint8Array, onData: (bytes: Uint8Array) => void) => Promise<void>

/** A connection that wants its messages carried out. */
export interface Client {
  /** What it sent and what is not carried out yet. */
  readonly messages: Buffer[]
  answer(bytes: Buffer): void
  gone: boolean
}

/**
 * Lets many connections share one session. A connection that has sent a message keeps the session until it is idle and
 * outside a transaction again: only so can the messages of two connections (Parse, Bind, Execute, Sync) never mix, nor
 * an error of the one make the session skip the other's messages.
 */
export interface SessionTurns {
  join(client: Client): void
  leave(client: Client): void
  /** Carries out what was sent. */
  run(): void
}

const READY_FOR_QUERY = 0x5a
const READY_SIZE = 6
const IDLE = 0x49
/** A Sync message and a simple query "rollback": what brings a session back whose client left in the middle. */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4])
const ROLLBACK = Buffer.from('Q\0\0\0\x0drollback\0', 'latin1')

/** @param onFailure called when the session itself broke and nothing can be carried out any more */
export function sessionTurns(session: Session, onFailure: (error: unknown) => void): SessionTurns {
  const clients: Client[] = []
  let turn: Client | null = null
  let running = false

  async function carryOut(): Promise<void> {
    while (true) {
      turn ??= clients.find((client) => client.messages.length > 0) ?? null
      if (turn === null) return
      if (turn.gone) await abandon(turn)
      else if (!(await step(turn))) return
    }
  }

  /** Carries out the next message of whose turn it is; false where there is none yet. */
  async function step(client: Client): Promise<boolean> {
    const message = client.messages.shift()
    if (message === undefined) return false
    if (await isIdleAfter(client, message)) pass(client)
    return true
  }

  async function isIdleAfter(client: Client, message: Buffer): Promise<boolean> {
    let tail: Buffer = Buffer.alloc(0)
    await session(new Uint8Array(message), (bytes) => {
      const copy = Buffer.from(bytes)
      tail = Buffer.concat([tail, copy.subarray(-READY_SIZE)]).subarray(-READY_SIZE)
      client.answer(copy)
    })
    return tail[0] === READY_FOR_QUERY && tail.readInt32BE(1) === READY_SIZE - 1 && tail[5] === IDLE
  }

  /** Brings the session back after a client that left in the middle. */
  async function abandon(client: Client): Promise<void> {
    await session(SYNC, () => {})
    await session(ROLLBACK, () => {})
    pass(client)
  }

  /** The next turn is another's, where somebody waits. */
  function pass(client: Client): void {
    turn = null
    remove(client)
    if (!client.gone) clients.push(client)
  }

  function remove(client: Client): void {
    const place = clients.indexOf(client)
    if (place >= 0) clients.splice(place, 1)
  }

  function run(): void {
    if (running) return
    running = true
    carryOut().then(() => {
      running = false
    }, onFailure)
  }

  return {
    join: (client) => void clients.push(client),
    leave(client) {
      client.gone = true
      if (turn !== client) remove(client)
      run()
    },
    run,
  }
}
