import type { CacheStatus } from '../core/completion.ts'
import { describedEnum } from './described-enum.ts'

export const CacheStatusRef = describedEnum<CacheStatus>('CacheStatus', "Whether the gateway's cache answered.", {
  HIT: 'It did: no provider was asked.',
  MISS: 'It had no answer.',
  BYPASS: 'It was not asked.',
})
