import { z } from 'zod'
import { DRIVER_NAMES, type DriverName } from '../../core/driver.ts'
import type { ProviderConfig } from '../define-config.ts'
import { oneOf, wholeNumber } from './fields.ts'
import { saying, strict } from './strict.ts'

/** What is said of a key must not show it. */
const keyAdvice = 'write "env:NAME", never a key itself'
const key = z.string(saying(keyAdvice)).regex(/^env:[A-Za-z_][A-Za-z0-9_]*$/, keyAdvice)

const urlAdvice = 'write an http or https URL without credentials, query or fragment'
const baseUrl = z.string(saying(urlAdvice)).refine((text) => isPlainUrl(text, NO_QUERY), urlAdvice)

/** Azure's deployments want a version in the query, which its SDK client puts behind each path. */
const openAiUrl = z.string(saying(urlAdvice)).refine((text) => isPlainUrl(text, API_VERSION), urlAdvice)

const NO_QUERY = /^$/
const API_VERSION = /^(\?api-version=[\w.-]+)?$/

function isPlainUrl(text: string, query: RegExp): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, search, hash } = new URL(text)
  return /^https?:$/.test(protocol) && query.test(search) && `${username}${password}${hash}` === ''
}

/** Who is down shall not be hammered. */
const MOST_OFTEN_MS = 1_000

const common = {
  apiKeys: z.array(key, saying('write a list, such as ["env:OPENAI_API_KEY"]')).optional(),
  adminKey: key.optional(),
  baseUrl: baseUrl.optional(),
  pricedAs: z.string(saying('write a provider\'s name, such as "openai"')).min(1).optional(),
  probe: z
    .union(
      [z.boolean(), strict({ everyMs: wholeNumber(MOST_OFTEN_MS, 3_600_000).optional() })],
      saying(`write true, false, or { everyMs: 5000 } with a whole number from ${MOST_OFTEN_MS} to 3600000`),
    )
    .optional(),
}

/** The SDKs of these put the version into the path themselves. */
const unversioned = baseUrl.refine((url) => !/\/v\d[a-z0-9]*\/*$/.test(url), 'write it without a version at its end')

const byDriver = {
  openai: strict({
    driver: z.literal('openai'),
    api: oneOf(['responses', 'chat']).optional(),
    ...common,
    baseUrl: openAiUrl.optional(),
  }),
  'openai-compatible': strict({ driver: z.literal('openai-compatible'), ...common, baseUrl: openAiUrl.optional() }),
  anthropic: strict({ driver: z.literal('anthropic'), ...common, baseUrl: unversioned.optional() }),
  google: strict({ driver: z.literal('google'), ...common, baseUrl: unversioned.optional() }),
} satisfies Record<DriverName, z.ZodType<ProviderConfig>>

type DriverSchema = (typeof byDriver)[DriverName]

export const providerSchema = z.discriminatedUnion(
  'driver',
  Object.values(byDriver) as [DriverSchema, ...DriverSchema[]],
  saying(`write { driver: … }, which is one of ${DRIVER_NAMES.map((name) => `"${name}"`).join(', ')}`),
)
