import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { createProject } from '../../src/access/project.ts'
import { systemClock } from '../../src/core/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { setQuota } from '../../src/ledger/quota-admin.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { ledgerWriter } from '../../src/ledger/writer.ts'
import { describeDatabases } from '../support/database.ts'
import { newId, quiet } from './sample-calls.ts'

const ROUNDS = 3
const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)

/** A program that settles calls as fast as it can, and prints the id of each whose settlement has resolved. */
const PROGRAM = `
  const { openDatabase } = await import(${module('../../src/database/database.ts')})
  const { ledgerWriter } = await import(${module('../../src/ledger/writer.ts')})
  const { systemClock } = await import(${module('../../src/core/clock.ts')})
  const { settledCall, quiet } = await import(${module('./sample-calls.ts')})
  const [settings, projectId] = JSON.parse(process.argv[1])
  const writer = ledgerWriter(await openDatabase(settings), { clock: systemClock, logger: quiet })
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (true) {
      const call = settledCall({ projectId, plan: null })
      const { reservations } = await writer.open(call, { USD: 1_000_000_000n, TOKENS: null })
      await writer.settle({ ...call, reservations })
      process.stdout.write(call.id + '\\n')
    }
  }))`

describeDatabases('a process that is killed', (suite) => {
  it('leaves no settled call without its row, no reservation behind, and nothing counted twice', async () => {
    const settings = suite.settings()
    const { id: projectId } = await createProject(suite.database(), newId())
    await setQuota(suite.database(), {
      projectId,
      scope: { type: 'project' },
      unit: 'USD',
      window: 'MONTH',
      limit: 10n ** 18n,
    })
    let printed = ''
    for (let round = 0; round < ROUNDS; round += 1) {
      const args = ['--input-type=module', '-e', PROGRAM, JSON.stringify([settings, projectId])]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      child.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString()
      })
      await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200))
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    const ids = printed.slice(0, printed.lastIndexOf('\n')).split('\n')
    expect(ids.length).toBeGreaterThan(16)

    const database = await openDatabase(settings)
    const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
    // The leases of the calls that were under way run out.
    const abandoned = await writer.sweep(Date.now() + 120_000)
    await writer.close()
    const reader = ledgerReader(database)
    const found = await database.sql<{ id: string; status: string; cost: string }[]>`
      select id, status, cost_input + cost_cached_input + cost_cache_write + cost_output as cost
      from call where project_id = ${projectId}::uuid`
    const succeeded = new Set(found.filter(({ status }) => status === 'SUCCEEDED').map(({ id }) => id))
    expect(ids.filter((id) => !succeeded.has(id))).toEqual([])
    expect(found).toHaveLength(succeeded.size + abandoned)

    const cost = found.reduce((sum, call) => sum + BigInt(call.cost), 0n)
    const range = { from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 }
    const filter = { status: [], provider: [], model: [], tags: [], endUser: null }
    const { total } = await reader.usage(projectId, { range, groupBy: [], interval: null, filter })
    expect(total).toMatchObject({ calls: found.length, succeeded: succeeded.size, failed: abandoned, cost })
    expect(await reader.quotas(projectId, null)).toMatchObject([{ used: cost, reserved: 0n }])
    await database.close()
  })
})
