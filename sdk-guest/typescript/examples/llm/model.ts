/** A language model behind the API of OpenAI's chat completions, which many services have. */

import { config, Reject, Retry } from "@botbox/sdk";

/** What somebody said. */
export interface Turn {
  role: "system" | "user" | "assistant";
  content: string;
}

/** What the model says to what was said. */
export async function answer(talk: readonly Turn[]): Promise<string> {
  const instructions = config("instructions");
  const system: Turn[] = instructions === undefined ? [] : [{ role: "system", content: instructions }];
  const key = config("key");
  const response = await fetch(needed("url"), {
    method: "POST",
    headers: { "content-type": "application/json", ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ model: needed("model"), messages: [...system, ...talk] }),
  });
  if (response.status === 429 || response.status >= 500) throw new Retry(`the model answered ${response.status}`);
  if (!response.ok) throw new Reject(`the model answered ${response.status}: ${await response.text()}`);
  const { choices } = (await response.json()) as { choices: { message: Turn }[] };
  const content = choices[0]?.message.content;
  if (content === undefined) throw new Reject("the model answered nothing");
  return content;
}

function needed(key: string): string {
  const value = config(key);
  if (value === undefined) throw new Reject(`[channels.config] has no \`${key}\``);
  return value;
}
