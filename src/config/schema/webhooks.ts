import { z } from 'zod'
import { WEBHOOK_EVENTS } from '../../core/settings.ts'
import type { WebhookConfig } from '../define-config.ts'
import { isLocalUrl } from '../local-url.ts'
import { oneOf } from './fields.ts'
import { saying, strict } from './strict.ts'

const urlAdvice = 'write an https URL without credentials and fragment; http only for this machine or network'
const secretAdvice = 'write "env:NAME", never a secret itself'

const webhook = strict({
  url: z.string(saying(urlAdvice)).refine(isFit, urlAdvice),
  secret: z.string(saying(secretAdvice)).regex(/^env:[A-Za-z_][A-Za-z0-9_]*$/, secretAdvice),
  events: z.array(oneOf(WEBHOOK_EVENTS), saying('write a list of events')).min(1, 'name at least one event').optional(),
}) satisfies z.ZodType<WebhookConfig>

export const webhooksSchema = z.array(webhook, saying('write a list of webhooks: [{ url, secret }]')).optional()

function isFit(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return `${username}${password}${hash}` === '' && (protocol === 'https:' || (protocol === 'http:' && isLocalUrl(text)))
}
