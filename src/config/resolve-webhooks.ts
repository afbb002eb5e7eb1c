import { WEBHOOK_EVENTS, type WebhookSettings } from '../core/settings.ts'
import type { Environment } from './environment.ts'
import type { Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { webhooksSchema } from './schema/webhooks.ts'

/** Standard Webhooks, "Signature scheme": a symmetric secret has 24 to 64 bytes, written in base64 behind `whsec_`. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/
const LEAST_BYTES = 24
const MOST_BYTES = 64

export function resolveWebhooks(
  value: unknown,
  environment: Environment,
  problems: Problems,
): readonly WebhookSettings[] {
  const configured = readSection(webhooksSchema, value, 'webhooks', problems) ?? []
  return configured.flatMap(({ url, secret: named, events }, at) => {
    if (configured.findIndex((other) => other.url === url) < at) {
      problems.add(`webhooks.${at}.url`, 'this URL stands here twice')
    }
    const variable = named.slice('env:'.length)
    const text = environment.variable(variable)
    const secret = text === null ? null : secretOf(text)
    if (secret !== null) return { url, secret, events: events ?? WEBHOOK_EVENTS }
    problems.add(`webhooks.${at}.secret`, text === null ? unset(variable) : malformed(variable))
    return []
  })
}

function secretOf(text: string): Uint8Array | null {
  const bytes = Buffer.from(SECRET.exec(text)?.[1] ?? '', 'base64')
  return bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES ? bytes : null
}

const RECIPE = 'echo "whsec_$(openssl rand -base64 32)"'

function unset(variable: string): string {
  return `the environment variable ${variable} is not set: set it to what this prints: ${RECIPE}`
}

function malformed(variable: string): string {
  return `${variable} is no secret of ${LEAST_BYTES} to ${MOST_BYTES} bytes in base64 behind whsec_, such as this prints: ${RECIPE}`
}
