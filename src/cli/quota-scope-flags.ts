import type { QuotaDraft } from '../core/quota-admin.ts'
import { UserError } from './user-error.ts'

type Scope = QuotaDraft['scope']

/** What the command line says of whom a quota limits. */
export interface QuotaScopeFlags {
  readonly key?: string
  readonly endUser?: string
  readonly eachEndUser?: boolean
  readonly tag?: Scope & { readonly type: 'tag' }
  readonly route?: string
  readonly installation?: boolean
}

/**
 * Whom a quota limits: the whole project where nothing else is said.
 * @throws UserError where more than one is named
 */
export function quotaScope(flags: QuotaScopeFlags): Scope {
  const scopes: Scope[] = []
  if (flags.key !== undefined) scopes.push({ type: 'apiKey', apiKeyId: flags.key })
  if (flags.endUser !== undefined) scopes.push({ type: 'endUser', endUser: flags.endUser })
  if (flags.eachEndUser) scopes.push({ type: 'eachEndUser' })
  if (flags.tag) scopes.push(flags.tag)
  if (flags.route !== undefined) scopes.push({ type: 'route', route: flags.route })
  if (flags.installation) scopes.push({ type: 'installation' })
  const [scope = { type: 'project' }, ...others] = scopes
  if (others.length === 0) return scope
  throw new UserError('Give one of --key, --end-user, --each-end-user, --tag, --route and --installation, or none.')
}
