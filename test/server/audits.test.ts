import { serverAudits } from 'graphql-http'
import { describe, expect, it } from 'vitest'
import { openDoor } from './open-door.ts'

describe('GraphQL over HTTP', () => {
  it('passes all audits of graphql-http', async () => {
    const { url } = await openDoor()
    const audits = serverAudits({ url })
    expect(audits).toHaveLength(61)
    const results = await Promise.all(audits.map((audit) => audit.fn()))
    expect(results.filter((result) => result.status !== 'ok')).toEqual([])
  })
})
