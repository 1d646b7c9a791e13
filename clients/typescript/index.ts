import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type { components, paths };
/** The shapes of what is sent and answered, by name: `Schemas["Placement"]`. */
export type Schemas = components["schemas"];

/** Return a client that calls an installation with an institution's key. */
export function connect(address: string, key: string): Client<paths> {
  return createClient<paths>({
    baseUrl: address,
    headers: { Authorization: `Api-Key ${key}` },
  });
}
