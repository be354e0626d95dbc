/** The data of postbacks: names and values, written as in a URL's query. */

/** The most that LINE takes, in UTF-16 code units. */
const LIMIT = 300;

/**
 * Data for a postback action, such as `action=buy&item=7`. A handler of
 * `bot.postback` gets it back as a `Map`.
 */
export function postbackData(values: Record<string, string | number | boolean>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${escape(name)}=${escape(String(value))}`);
  const data = pairs.join("&");
  if (data.length > LIMIT) {
    throw new RangeError(`the data of a postback has at most ${LIMIT} characters, not ${data.length}`);
  }
  return data;
}

/** The names and values in a postback's data. */
export function parsePostback(data: string): Map<string, string> {
  const pairs = data.split("&").filter((pair) => pair !== "");
  return new Map(pairs.map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [unescape(name), unescape(value.join("="))];
  }));
}

function escape(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}

/** What users send may be no escape at all. */
function unescape(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
