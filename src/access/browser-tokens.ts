import type { BrowserTokenInput, BrowserTokens, TokenQuota } from '../core/browser-token.ts'
import { newCallId } from '../core/call-id.ts'
import type { Caller } from '../core/caller.ts'
import type { Clock } from '../core/clock.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { Database } from '../database/database.ts'
import { timestamp } from '../database/row-arrays.ts'
import { changing } from './changing.ts'
import { beyond, closed } from './check-key.ts'
import { signToken } from './token-claims.ts'
import type { TokenSecret } from './token-secret.ts'

const SECOND_MS = 1000
/** A token's quotas outlive it by this much, so that a replica whose clock is behind still finds them. */
const QUOTAS_OUTLIVE_MS = 60_000

/** Characters: it travels in a header with each request, and servers bound those. */
const LONGEST_TOKEN = 6_000

const TOO_LONG: InputIssue = {
  path: [],
  message: `The token would have more than ${LONGEST_TOKEN} characters: name fewer models, routes and tags.`,
}

const NO_SECRET =
  'This server has no secret to sign browser tokens with: set SWITCHYARD_TOKEN_SECRET to at least 32 random characters, the same on all replicas, and restart.'

/** Signs browser tokens and sets their quotas. */
export function browserTokens(database: Database, clock: Clock, secret: TokenSecret): BrowserTokens {
  return {
    async mint(caller, input) {
      const issues = issuesOf(caller, input)
      if (issues.length > 0) return { type: 'invalid', issues }
      const signing = await secret.readOrMake()
      if (signing === null) return { type: 'notConfigured', message: NO_SECRET }
      const issuedAt = Math.floor(clock.now() / SECOND_MS) * SECOND_MS
      const expiresAt = Math.floor((clock.now() + input.lifeMs) / SECOND_MS) * SECOND_MS
      const id = newCallId(clock)
      const { endUser, tags, allowedModels, allowedRoutes } = closed(input)
      const { apiKeyId, projectId } = caller
      const claims = { id, apiKeyId, endUser, issuedAt, expiresAt, allowedModels, allowedRoutes, tags }
      const token = await signToken(signing, claims)
      if (token.length > LONGEST_TOKEN) return { type: 'invalid', issues: [TOO_LONG] }
      await setQuotas(database, clock, { id, projectId, expiresAt, quotas: input.quotas })
      return { type: 'minted', token: { id, token, endUser, expiresAt } }
    },
  }
}

/** A token never allows more than the key that it acts as. */
function issuesOf({ allowedModels, allowedRoutes }: Caller, input: BrowserTokenInput): readonly InputIssue[] {
  const wanted = closed(input)
  // Where nothing is asked for, what the key may do holds, whatever that is by then.
  if (wanted.allowedModels === null && wanted.allowedRoutes === null) return []
  return [
    ...beyond('allowedModels', wanted.allowedModels, allowedModels),
    ...beyond('allowedRoutes', wanted.allowedRoutes, allowedRoutes),
  ]
}

interface QuotasOfToken {
  readonly id: string
  readonly projectId: string
  readonly expiresAt: number
  readonly quotas: readonly TokenQuota[]
}

async function setQuotas(database: Database, clock: Clock, token: QuotasOfToken): Promise<void> {
  const { id, projectId, expiresAt, quotas } = token
  if (quotas.length === 0) return
  await changing(database, clock, async (tx) => {
    for (const { unit, window, limit } of quotas) {
      // Nobody wants to be told that one visitor has used half of what he may.
      await tx`
        insert into quota
          (id, project_id, scope_type, scope_key, scope_value, unit, window_name, limit_amount, thresholds, created_at,
          expires_at)
        values (
          ${newCallId(clock)}::uuid, ${projectId}::uuid, 'browserToken', '', ${id}, ${unit}, ${window},
          ${limit.toString()}::numeric, '[]'::jsonb, ${timestamp(clock.now())}::timestamptz,
          ${timestamp(expiresAt + QUOTAS_OUTLIVE_MS)}::timestamptz
        )`
    }
  })
}
