// Shows the description of the admin API, and calls what it describes. Everything that stands on the page is
// text: nothing of an answer is ever read as HTML.

/**
 * An element with properties and children.
 * @param {string} name
 * @param {Record<string, unknown>} properties
 * @param {...(Node | string)} children
 */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** What a `$ref` of the description stands for. */
function resolved(schema, description) {
  const name = schema?.$ref?.split("/").pop();
  return name ? description.components.schemas[name] : schema;
}

/** A schema with those that it refers to, for people. */
function written(schema, description, depth = 0) {
  const found = resolved(schema, description);
  if (!found || typeof found !== "object" || depth > 4) return found;
  if (Array.isArray(found)) return found.map((it) => written(it, description, depth + 1));
  const entries = Object.entries(found).filter(([key]) => key !== "examples");
  return Object.fromEntries(entries.map(([key, value]) => [key, written(value, description, depth + 1)]));
}

function parameterField(parameter) {
  const input = element("input", { name: parameter.name, required: parameter.required });
  if (parameter.in === "path") input.placeholder = String(parameter.example ?? "");
  const where = parameter.required ? parameter.in : `${parameter.in}, optional`;
  const label = element("label", {},
    element("span", { className: "name" }, `${parameter.name} (${where})`),
    element("span", { className: "hint" }, parameter.description ?? ""), input);
  return { parameter, input, label };
}

function bodyField(body, description) {
  const [type, { schema }] = Object.entries(body.content)[0];
  if (type !== "application/json") {
    const input = element("input", { type: "file" });
    const label = element("label", {}, element("span", { className: "name" }, body.description ?? "Body"), input);
    return { label, read: () => input.files?.[0], type, schema: undefined };
  }
  const example = resolved(schema, description).examples?.[0] ?? {};
  const input = element("textarea", { rows: 8, spellcheck: false, value: JSON.stringify(example, null, 2) });
  const label = element("label", {}, element("span", { className: "name" }, "Body"), input);
  return { label, read: () => input.value, type, schema };
}

/** The request that the fields of an operation make. */
function request(path, fields, body, token) {
  const query = new URLSearchParams();
  const headers = new Headers();
  let address = path;
  if (token) headers.set("authorization", `Bearer ${token}`);
  for (const { parameter, input } of fields) {
    const { name } = parameter;
    if (parameter.in === "path") address = address.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (input.value && parameter.in === "query") query.set(name, input.value);
    else if (input.value) headers.set(name, input.value);
  }
  if (body) headers.set("content-type", body.type);
  const search = query.toString();
  return { address: search ? `${address}?${search}` : address, headers };
}

/** Shows an answer piece by piece: one of live events goes on for minutes. */
async function show(response, output) {
  output.textContent = `${response.status} ${response.statusText}\n`;
  if (!response.headers.get("content-type")?.includes("json")
      || response.headers.get("content-type")?.includes("event-stream")) {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
      output.append(piece.value);
    }
    return;
  }
  output.append(JSON.stringify(await response.json(), null, 2));
}

function operationView(path, method, operation, description) {
  const fields = (operation.parameters ?? []).map(parameterField);
  const body = operation.requestBody && bodyField(operation.requestBody, description);
  const output = element("pre", { hidden: true, tabIndex: 0, ariaLive: "polite" });
  const form = element("form", {}, ...fields.map((it) => it.label));
  if (body) form.append(body.label);
  form.append(element("button", {}, "Send"), output);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    output.hidden = false;
    output.textContent = "…";
    const token = /** @type {HTMLInputElement} */ (document.getElementById("token")).value;
    const { address, headers } = request(path, fields, body, token);
    try {
      await show(await fetch(address, { method: method.toUpperCase(), headers, body: body?.read() }), output);
    } catch (error) {
      output.append(String(error));
    }
  });
  const answers = Object.entries(operation.responses).map(([status, { description: about }]) =>
    element("tr", {}, element("th", {}, status), element("td", {}, about)));
  const inside = element("div", { className: "inside" },
    element("p", {}, operation.description ?? ""), form,
    element("h3", {}, "Answers"), element("table", {}, ...answers));
  const schemas = { "Schema of the body": body?.schema };
  const done = Object.values(operation.responses)[0].content?.["application/json"]?.schema;
  schemas["Schema of the answer"] = done;
  for (const [title, schema] of Object.entries(schemas)) {
    if (!schema) continue;
    const text = JSON.stringify(written(schema, description), null, 2);
    inside.append(element("h3", {}, title), element("pre", { tabIndex: 0 }, text));
  }
  return element("details", { id: operation.operationId },
    element("summary", {}, element("span", { className: "method" }, method),
      element("code", {}, path), element("span", { className: "about" }, operation.summary)),
    inside);
}

function page(description) {
  const groups = document.getElementById("groups");
  const main = document.getElementById("operations");
  for (const tag of description.tags) {
    groups?.append(element("a", { href: `#${tag.name}` }, tag.name));
    const section = element("section", { id: tag.name },
      element("h2", {}, tag.name), element("p", {}, tag.description));
    for (const [path, item] of Object.entries(description.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (operation.tags.includes(tag.name)) section.append(operationView(path, method, operation, description));
      }
    }
    main?.append(section);
  }
}

page(await (await fetch("/v1/openapi.json")).json());
