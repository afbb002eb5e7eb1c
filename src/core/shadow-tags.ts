/** The tag of a copy that names the call that it is a copy of. */
export const SHADOW_OF = 'switchyard.shadowOf'

/** The tag of a copy that names the route that asked for it: what its budget is counted by. */
export const SHADOW_ROUTE = 'switchyard.shadowRoute'
