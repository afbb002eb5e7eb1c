import { parseModelId } from '../../core/routing.ts'
import type { InputLimits } from './input-limits.ts'
import type { Issues, Path } from './issues.ts'
import { checkLabel } from './label.ts'

const SPACE = /\s/

/** Checks the name of a route, or of one model as `provider/model`. Whether it exists is known only to the catalogue. */
export function checkRouteOrModel(name: string, limits: InputLimits, path: Path, issues: Issues): void {
  if (name !== '' && SPACE.test(name)) {
    issues.add(path, "Must not contain spaces: write a route's name, or a model as provider/model.")
  } else if (name.includes('/') && parseModelId(name) === null) {
    issues.add(path, `"${name.slice(0, 80)}" lacks a side: write a model as provider/model.`)
  } else {
    checkLabel(name, limits.modelCharacters, path, issues)
  }
}

/** Checks the name of one model as `provider/model`. */
export function checkModel(name: string, limits: InputLimits, path: Path, issues: Issues): void {
  if (name !== '' && !name.includes('/')) {
    issues.add(path, `"${name.slice(0, 80)}" is no model: write provider/model.`)
  } else {
    checkRouteOrModel(name, limits, path, issues)
  }
}
