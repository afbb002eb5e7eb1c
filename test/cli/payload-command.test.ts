import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProject } from '../../src/access/project.ts'
import { createProgram } from '../../src/cli/program.ts'
import { UserError } from '../../src/cli/user-error.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { systemClock } from '../../src/core/clock.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { payloadWriter } from '../../src/ledger/payload/payload-writer.ts'
import { ledgerWriter } from '../../src/ledger/writer.ts'
import { newId, quiet, settledCall } from '../ledger/sample-calls.ts'
import { embeddedPlace } from '../support/database.ts'

let place: Awaited<ReturnType<typeof embeddedPlace>>
let database: Database
beforeAll(async () => {
  place = await embeddedPlace()
  database = await openDatabase(place.settings)
})
afterAll(async () => {
  await database.close()
  await place.remove()
})

async function run(...line: string[]): Promise<string> {
  let printed = ''
  const directory = place.settings.type === 'embedded' ? place.settings.directory : ''
  const program = createProgram({
    environment: () => readEnvironment({ SWITCHYARD_DATA_DIR: directory }, directory),
    clock: systemClock,
    print: (text) => {
      printed += text
    },
    fail: () => {},
  })
  await program.parseAsync(['payload', 'erase', ...line], { from: 'user' })
  return printed
}

/** A project with calls of which something is kept, each this many days old. */
async function projectWith(...ages: readonly number[]) {
  const { id: projectId, name } = await createProject(database, newId())
  const calls = ages.map((days) =>
    settledCall({ projectId, endUser: 'ann', createdAt: Date.now() - days * 86_400_000 }),
  )
  const parts = { clock: systemClock, logger: quiet }
  const [ledger, payloads] = [ledgerWriter(database, parts), payloadWriter(database, parts)]
  for (const call of calls) {
    await ledger.settle(call)
    payloads.keep(call.id, () => ({ ...call, callId: call.id, store: 'FULL', request: {}, response: null }))
  }
  await ledger.close()
  await payloads.close()
  const left = async () => {
    const rows = await database.sql<{ id: string }[]>`
      select call_id as id from payload where project_id = ${projectId}::uuid`
    return calls
      .map(({ id }, at) => (rows.some((row) => row.id === id) ? ages[at] : null))
      .filter((age) => age !== null)
  }
  return { name, ids: calls.map(({ id }) => id), left }
}

describe('switchyard payload erase', () => {
  it('forgets one call, old calls, or those of an end user, and says how much that was', async () => {
    const { name, ids, left } = await projectWith(0, 1, 10, 20)
    expect(await run('--project', name, '--call', ids[1] ?? '')).toContain('Erased 1 payload(s)')
    expect(await left()).toEqual([0, 10, 20])
    const counts = JSON.parse(await run('--project', name, '--before', '15d', '--comment', 'too old', '--json'))
    expect(counts).toEqual({ payloads: 1, answers: 0, comments: 0 })
    expect(await left()).toEqual([0, 10])
    expect(await run('--project', name, '--end-user', 'ann')).toContain('Erased 2 payload(s)')
    expect(await left()).toEqual([])
  })

  it('says what is wrong where it is asked for nothing, for too much, or for what is not there', async () => {
    const { name, left } = await projectWith(0)
    await expect(run('--project', name)).rejects.toThrow(UserError)
    await expect(run('--project', name, '--end-user', 'ann', '--before', '1d')).rejects.toThrow('exactly one')
    await expect(run('--project', name, '--call', newId())).rejects.toThrow('no such call')
    await expect(run('--project', 'nowhere', '--end-user', 'ann')).rejects.toThrow('There is no project "nowhere"')
    expect(await left()).toEqual([0])
  })
})
