import { describe, expect, it } from 'vitest'
import { createLogger } from '../../src/telemetry/logger.ts'

const SECRETS = [
  'sy_0123456789abcdefghij',
  'sk-proj-0123456789abcdefghij',
  'sk-ant-api03-0123456789abcdefghij',
  'AIzaSy0123456789abcdefghijklmnopqrstu',
  'gsk_0123456789abcdefghij',
  'xai-0123456789abcdefghij',
  'eyJhbGciOiJIUzI1NiJ9.e30.0123456789',
]

function logged(write: (log: ReturnType<typeof createLogger>) => void, level?: 'debug' | 'warn'): string {
  const lines: string[] = []
  write(createLogger({ ...(level ? { level } : {}), destination: { write: (line) => void lines.push(line) } }))
  return lines.join('')
}

describe('the log', () => {
  it('writes one JSON object a line, with level, time, fields and message', () => {
    const line = logged((log) => log.info({ callId: 'c1', ms: 3, cost: 12n }, 'settled'))
    expect(line.endsWith('\n')).toBe(true)
    const { time, ...rest } = JSON.parse(line)
    expect(rest).toEqual({ level: 'info', callId: 'c1', ms: 3, cost: 12, msg: 'settled' })
    expect(new Date(time).toISOString()).toBe(time)
  })

  it('leaves out what is below its level', () => {
    const write = (log: ReturnType<typeof createLogger>) => {
      log.debug({}, 'one')
      log.warn({}, 'two')
    }
    expect(logged(write)).not.toContain('one')
    expect(logged(write, 'debug')).toContain('one')
    expect(logged(write, 'warn')).toContain('two')
  })

  it('writes an error with its stack and its causes', () => {
    const line = logged((log) => log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'broke'))
    const { err } = JSON.parse(line)
    expect(err.message).toContain('outer')
    expect(err.cause.message).toBe('inner')
    expect(err.stack).toContain('logger.test.ts')
  })

  it.each(SECRETS)('lets %s pass nowhere', (secret) => {
    const line = logged((log) => {
      log.error({ err: new Error(`refused: Bearer ${secret}`, { cause: new Error(`key ?key=${secret}&a=1`) }) }, 'one')
      log.warn({ request: { headers: { authorization: `Bearer ${secret}`, 'x-api-key': secret } } }, 'two')
      log.info({ deep: { list: [{ apiKey: secret, api_key: secret, 'x-goog-api-key': secret }] } }, 'three')
      log.info({ url: `https://example.test/v1?key=${secret}` }, `sent Bearer ${secret}`)
      log.info({ database: `postgres://user:${secret}@localhost/db`, password: `a"b\\${secret}` }, 'four')
    })
    expect(line).not.toContain(secret)
    expect(line).not.toContain(secret.slice(-10))
    for (const one of line.trim().split('\n')) expect(() => JSON.parse(one)).not.toThrow()
  })

  it('keeps what only looks a little like a secret', () => {
    const text = 'the task-force asked risk-free models at https://host:8080/path?keyword=1 in psy_ and sk-1'
    expect(JSON.parse(logged((log) => log.info({}, text))).msg).toBe(text)
  })
})
