import { builder } from './builder.ts'

/**
 * An enum whose values are those of a union of ours, each with its description: a value too many or too few does not
 * compile.
 */
export function describedEnum<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
) {
  const names = Object.keys(values) as Value[]
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(names.map((value) => [value, { value, description: values[value] }])) as Record<
      Value,
      { value: Value; description: string }
    >,
  })
}
