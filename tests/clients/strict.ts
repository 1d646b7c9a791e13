// Holds every answer to the description: status, headers and body, nothing besides.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Middleware } from "openapi-fetch";

type Node = { [key: string]: any };

/** Return a middleware that throws where an answer is not as it is described. */
export function strict(path: string): Middleware {
  const document: Node = JSON.parse(readFileSync(path, "utf-8"));
  const ajv = new Ajv2020({ strict: false });
  (formats as any).default(ajv);
  ajv.addFormat("decimal", /^-?[0-9]+(\.[0-9]+)?$/);
  ajv.addSchema({ $id: "api", components: { schemas: closed(document["components"].schemas) } });
  const resolved = (node: Node): Node =>
    node["$ref"]
      ? node["$ref"].slice(2).split("/").reduce((at: Node, key: string) => at[key], document)
      : node;
  return {
    async onResponse({ request, response, schemaPath }) {
      const where = `${request.method} ${schemaPath} ${response.status}`;
      const operation = document["paths"][schemaPath][request.method.toLowerCase()];
      const found = operation.responses[String(response.status)];
      if (!found) throw new Error(`${where}: this status is not described`);
      const told = resolved(found);
      for (const [name, header] of Object.entries<Node>(told["headers"] ?? {})) {
        if (resolved(header)["required"] && !response.headers.has(name))
          throw new Error(`${where}: no ${name}`);
      }
      const kind = (response.headers.get("Content-Type") ?? "").split(";")[0]!;
      const content = told["content"]?.[kind];
      if (!content) throw new Error(`${where}: ${kind} is not described`);
      const schema = rebased(content.schema);
      const body = await response.clone().json();
      if (!ajv.validate(schema, body))
        throw new Error(`${where}: ${ajv.errorsText()}\n${JSON.stringify(body)}`);
      return undefined;
    },
  };
}

/** Return a schema whose objects hold nothing that it does not name. */
function closed(node: any): any {
  if (Array.isArray(node)) return node.map(closed);
  if (node === null || typeof node !== "object") return node;
  const made = Object.fromEntries(Object.entries(node).map(([key, item]) => [key, closed(item)]));
  if (made["type"] === "object" && "properties" in made && !("additionalProperties" in made))
    made["additionalProperties"] = false;
  return made;
}

/** Return a schema whose references lead into the components added to the validator. */
function rebased(node: any): any {
  return JSON.parse(JSON.stringify(node).replaceAll('"#/components', '"api#/components'));
}
