import type { AccessAdmin } from '../core/access.ts'
import type { Clock } from '../core/clock.ts'
import type { Database } from '../database/database.ts'
import { browserTokens } from './browser-tokens.ts'
import type { KnownNames } from './check-key.ts'
import { keyAdmin } from './key-admin.ts'
import { projectAdmin } from './project-admin.ts'
import type { TokenSecret } from './token-secret.ts'

export interface AccessParts {
  readonly database: Database
  readonly clock: Clock
  readonly known: KnownNames
  readonly tokens: TokenSecret
}

/** Who may come in: what administrators change, and what keys give to browsers. */
export function accessAdmin({ database, clock, known, tokens }: AccessParts): AccessAdmin {
  return {
    projects: projectAdmin(database, clock),
    keys: keyAdmin(database, clock, known),
    browserTokens: browserTokens(database, clock, tokens),
  }
}
