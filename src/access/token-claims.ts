import { errors, jwtVerify, SignJWT } from 'jose'
import type { Tag } from '../core/tag.ts'

/** What a browser token says. Times are milliseconds since 1970, in full seconds. */
export interface TokenClaims {
  readonly id: string
  /** The key that it acts as. */
  readonly apiKeyId: string
  readonly endUser: string
  readonly issuedAt: number
  readonly expiresAt: number
  /** Null leaves what the key may ask for. */
  readonly allowedModels: readonly string[] | null
  readonly allowedRoutes: readonly string[] | null
  readonly tags: readonly Tag[]
}

const ALGORITHM = 'HS256'
const ISSUER = 'switchyard'
const AUDIENCE = 'switchyard:browser'
const SECOND_MS = 1000

/** Signs what a token says (JWT, RFC 7519). */
export function signToken(secret: Uint8Array, claims: TokenClaims): Promise<string> {
  const { apiKeyId, allowedModels, allowedRoutes, tags } = claims
  return new SignJWT({ key: apiKeyId, models: allowedModels, routes: allowedRoutes, tags })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setJti(claims.id)
    .setSubject(claims.endUser)
    .setIssuedAt(claims.issuedAt / SECOND_MS)
    .setExpirationTime(claims.expiresAt / SECOND_MS)
    .sign(secret)
}

/**
 * What a token says, where it was signed with this secret, for this use, and has not expired; else null. Nothing but
 * HS256 is taken, whatever the token's own header asks for (RFC 8725, section 3.1).
 * @param now milliseconds since 1970; there is no tolerance: a token lives minutes, and its quotas go by the same clock
 */
export async function verifyToken(secret: Uint8Array, token: string, now: number): Promise<TokenClaims | null> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['jti', 'sub', 'iat', 'exp', 'key'],
      clockTolerance: 0,
      currentDate: new Date(now),
    })
    return claimsOf(payload)
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

/** Nobody without the secret writes a payload, so what is in it was put there by `signToken`, perhaps an older one. */
function claimsOf(payload: Readonly<Record<string, unknown>>): TokenClaims | null {
  const { jti, sub, iat, exp, key } = payload
  if (typeof jti !== 'string' || typeof sub !== 'string' || typeof key !== 'string') return null
  return {
    id: jti,
    apiKeyId: key,
    endUser: sub,
    issuedAt: Number(iat) * SECOND_MS,
    expiresAt: Number(exp) * SECOND_MS,
    allowedModels: textsOf(payload.models),
    allowedRoutes: textsOf(payload.routes),
    tags: tagsOf(payload.tags),
  }
}

function textsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : null
}

function tagsOf(value: unknown): readonly Tag[] {
  if (!Array.isArray(value)) return []
  return value.map((tag: Tag) => ({ key: String(tag.key), value: String(tag.value) }))
}
